import type { OptionRules } from "@acc/core/tracker";

/** Options of the tracker, for `initTrackers(…, { initOptions: { dvclive: { … } } })`; named as those of DVCLive. */
export type DvcLiveOptions = {
  /** Folder of the run, relative to the working directory. Default `"dvclive"`. */
  readonly dir?: string;
  /** Continue the run in the folder, instead of clearing it. Default: whether `DVCLIVE_RESUME` is `true`. */
  readonly resume?: boolean;
  /**
   * Path of `dvc.yaml`, relative to the working directory; false for none. Default `"dvc.yaml"`, and none
   * if `dir` is outside the working directory.
   */
  readonly dvcyaml?: string | false;
  /** Save the run as a DVC experiment at its end, if there is a DVC repository and `dvc`. Default true. */
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
  /** Write a column with the time, if the metric's file begins with this call. Default false. */
  readonly timestamp?: boolean;
  /** Write every value as a row of the metric's file, not only the latest to `metrics.json`. Default true. */
  readonly plot?: boolean;
};

export const DVCLIVE_OPTION_RULES: OptionRules<DvcLiveOptions> = {
  dir: "string",
  resume: "boolean",
  dvcyaml: { anyOf: ["string", { oneOf: [false] }] },
  saveDvcExp: "boolean",
  expName: "string",
  expMessage: "string",
  autoNextStep: "boolean",
};

export const DVCLIVE_LOG_OPTION_RULES: OptionRules<DvcLiveLogOptions> = {
  timestamp: "boolean",
  plot: "boolean",
};
