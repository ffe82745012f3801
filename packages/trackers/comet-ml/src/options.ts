import type { OptionRules } from "@acc/core/tracker";

/** Options of the tracker, for `initTrackers(…, { initOptions: { comet_ml: … } })`. */
export type CometOptions = {
  /** Default `COMET_API_KEY`, then the configuration file. Never stored. */
  readonly apiKey?: string;
  /** Default `COMET_WORKSPACE`, then the configuration file, then the key's own workspace. */
  readonly workspace?: string;
  /** Default: the name given to `initTrackers`. */
  readonly projectName?: string;
  /** Name of the experiment. Default `COMET_START_EXPERIMENT_NAME`, then one that Comet chooses. */
  readonly name?: string;
  readonly tags?: readonly string[];
  /**
   * 32 to 50 letters and digits. Default `COMET_EXPERIMENT_KEY`, then the id of this run. With a key that Comet knows,
   * the experiment is continued.
   */
  readonly experimentKey?: string;
  /**
   * `"get_or_create"` (default) continues the experiment of that key, or makes it. `"get"` refuses a key that Comet
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
  /** Keep the training script, as `logCode()` does. Default `COMET_AUTO_LOG_CODE`, then false. */
  readonly logCode?: boolean;
  /** Record commit, branch and `origin` of the script's git checkout. Default `COMET_AUTO_LOG_GIT_METADATA`, then true. */
  readonly logGitMetadata?: boolean;
};

/** What to do about an experiment key. */
export type CometMode = "get_or_create" | "get" | "create";

/** Options of one call of `log`, as `log(values, { logOptions: { comet_ml: … } })`. */
export type CometLogOptions = {
  /** It stays until another epoch is given. */
  readonly epoch?: number;
  /** Such as `"train"` or `"validate"`: Comet draws a curve for each. */
  readonly context?: string;
};

export const COMET_OPTION_RULES: OptionRules<CometOptions> = {
  apiKey: "string",
  workspace: "string",
  projectName: "string",
  name: "string",
  tags: "strings",
  experimentKey: "any",
  mode: "any",
  online: "boolean",
  offlineDirectory: "string",
  urlOverride: "any",
  nestedMetrics: { oneOf: ["path", "bare"] },
  logCode: "boolean",
  logGitMetadata: "boolean",
};

export const COMET_LOG_OPTION_RULES: OptionRules<CometLogOptions> = {
  epoch: "number",
  context: "string",
};
