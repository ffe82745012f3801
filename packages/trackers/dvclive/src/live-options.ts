/** Options of the tracker, for `initTrackers(…, { initOptions: { dvclive: { … } } })`; named as those of DVCLive. */
export type DvcLiveOptions = {
  /** Folder of the run, relative to the working directory. Default `"dvclive"`. */
  readonly dir?: string;
  /** Go on with the run that the folder holds, instead of clearing it. Default: whether `DVCLIVE_RESUME` is `true`. */
  readonly resume?: boolean;
  /**
   * Path of the `dvc.yaml` to keep, relative to the working directory; false for none. Default `"dvc.yaml"`, and none
   * if `dir` is outside the working directory.
   */
  readonly dvcyaml?: string | false;
  /** Save the run as a DVC experiment at its end, where there is a DVC repository and `dvc`. Default true. */
  readonly saveDvcExp?: boolean;
  /** Name of the experiment. Default: the project's name and the beginning of the run's id. */
  readonly expName?: string;
  /** Message of the experiment. */
  readonly expMessage?: string;
  /** Whether each `log` ends a step, as in Accelerate. Default true; if false, `nextStep()` does. */
  readonly autoNextStep?: boolean;
};

/** Options of one call, for `log(…, { logOptions: { dvclive: { … } } })` and `logMetric`. */
export type DvcLiveLogOptions = {
  /** A column with the time, in a metric's file that begins with this call. Default false. */
  readonly timestamp?: boolean;
  /** Keep every value as a row of the metric's file, not only the latest in `metrics.json`. Default true. */
  readonly plot?: boolean;
};
