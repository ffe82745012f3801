import type { OptionRules } from "@acc/core/tracker";

/** Options of the tracker, for `initTrackers(…, { initOptions: { clearml: … } })`. They win over the environment. */
export type ClearMLOptions = {
  /** Project of the task; `"A/B"` is a project within a project. Default `CLEARML_PROJECT`, then the project's name. */
  readonly projectName?: string;
  /** Name of the task. Default `CLEARML_TASK`, then the project's name. */
  readonly taskName?: string;
  /** Default `"training"`. */
  readonly taskType?: TaskType;
  readonly tags?: readonly string[];
  readonly comment?: string;
  /** Id of a task to continue, instead of making a new one. */
  readonly continueTask?: string;
  /**
   * Added to every step of a continued task. Default `CLEARML_SET_ITERATION_OFFSET`, then the step after the task's
   * last one; with 0 the script's own steps are used.
   */
  readonly iterationOffset?: number;
  /** Write a session to disk instead of talking to a server. Default `CLEARML_OFFLINE_MODE`. */
  readonly offline?: boolean;
  /** Folder that offline sessions are kept in, below `offline/`. Default `CLEARML_CACHE_DIR`, then `~/.clearml`. */
  readonly cacheDir?: string;
  /** URL of the API server. Default `CLEARML_API_HOST`, the configuration file, then `https://api.clear.ml`. */
  readonly apiHost?: string;
  /** URL of the web pages. Default `CLEARML_WEB_HOST`, the configuration file, then `https://app.clear.ml`. */
  readonly webHost?: string;
  /** URL of the files server. Default `CLEARML_FILES_HOST`, the configuration file, then `https://files.clear.ml`. */
  readonly filesHost?: string;
  /** Default `CLEARML_API_ACCESS_KEY`, then the configuration file. */
  readonly accessKey?: string;
  /** Default `CLEARML_API_SECRET_KEY`, then the configuration file. */
  readonly secretKey?: string;
  /** Record the configuration as hyperparameters too, where ClearML compares tasks by them. Default true. */
  readonly hyperparameters?: boolean;
  /**
   * NaN, infinities and numbers beyond float32, which ClearML cannot store: `"text"` keeps them as lines of the console,
   * `"zero"` records 0 in their place, as the Python client does. Default `"text"`.
   */
  readonly nonFinite?: "text" | "zero";
};

export type TaskType =
  | "training"
  | "testing"
  | "inference"
  | "data_processing"
  | "application"
  | "monitor"
  | "controller"
  | "optimizer"
  | "service"
  | "qc"
  | "custom";

export const CLEARML_OPTION_RULES: OptionRules<ClearMLOptions> = {
  projectName: "string",
  taskName: "string",
  taskType: "string",
  tags: "strings",
  comment: "string",
  continueTask: "string",
  iterationOffset: "number",
  offline: "boolean",
  cacheDir: "string",
  apiHost: "string",
  webHost: "string",
  filesHost: "string",
  accessKey: "string",
  secretKey: "string",
  hyperparameters: "boolean",
  nonFinite: { oneOf: ["text", "zero"] },
};
