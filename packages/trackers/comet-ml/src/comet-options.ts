/** Options of the tracker, for `initTrackers(…, { initOptions: { comet_ml: … } })`. */
export type CometOptions = {
  /** Default `COMET_API_KEY`, then the configuration file. Never stored. */
  readonly apiKey?: string;
  /** Default `COMET_WORKSPACE`, then the configuration file, then the key's own workspace. */
  readonly workspace?: string;
  /** Default: the name given to `initTrackers`. */
  readonly projectName?: string;
  /** Name of the experiment. Default `COMET_START_EXPERIMENT_NAME`, then one that Comet makes up. */
  readonly name?: string;
  readonly tags?: readonly string[];
  /**
   * 32 to 50 letters and digits. Default `COMET_EXPERIMENT_KEY`, then the id of this recording. With a key that Comet
   * knows the experiment goes on.
   */
  readonly experimentKey?: string;
  /**
   * `"get_or_create"` (default) goes on with the experiment of that key, or makes it. `"get"` refuses a key that Comet
   * does not know, `"create"` one that it knows. Default `COMET_START_MODE`.
   */
  readonly mode?: CometMode;
  /** False writes an archive for `comet upload`. Default `COMET_START_ONLINE`, then true. */
  readonly online?: boolean;
  /** Where archives are written. Default `COMET_OFFLINE_DIRECTORY`, then `.cometml-runs`. */
  readonly offlineDirectory?: string;
  /** The address ending in `/clientlib/`. Default `COMET_URL_OVERRIDE`, then Comet's own. */
  readonly urlOverride?: string;
  /**
   * `"path"` (default): nested values become `name/part`. `"bare"`: as Accelerate writes them, `part`, so that equal
   * names in different groups become one metric.
   */
  readonly nestedMetrics?: "path" | "bare";
};

/** What to do about an experiment key. */
export type CometMode = "get_or_create" | "get" | "create";

/** Options of one call of `log`, as `log(values, { logOptions: { comet_ml: … } })`. */
export type CometLogOptions = {
  /** Stays until another is given. */
  readonly epoch?: number;
  /** Such as `"train"` or `"validate"`: Comet draws a curve for each. */
  readonly context?: string;
};
