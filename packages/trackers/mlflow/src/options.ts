import type { OptionRules } from "@acc/core/tracker";

/** Options of the tracker, for `initTrackers(…, { initOptions: { mlflow: … } })`; each wins over its variable. */
export type MlflowOptions = {
  /** Address of the server, `http://` or `https://`, without a password. Default `MLFLOW_TRACKING_URI`. */
  readonly trackingUri?: string;
  /** Default `MLFLOW_TRACKING_USERNAME`. */
  readonly username?: string;
  /** Default `MLFLOW_TRACKING_PASSWORD`. Never written to disk. */
  readonly password?: string;
  /** Bearer token, where there is no user name. Default `MLFLOW_TRACKING_TOKEN`. Never written to disk. */
  readonly token?: string;
  /** Default `MLFLOW_EXPERIMENT_NAME`, then the project name. */
  readonly experimentName?: string;
  /** Where a new experiment keeps its artifacts, as the server sees it. Default: the server's setting. */
  readonly artifactLocation?: string;
  /** Run to continue. Default `MLFLOW_RUN_ID`. */
  readonly runId?: string;
  /** Default `MLFLOW_RUN_NAME`, then a name that the server chooses. */
  readonly runName?: string;
  /** Joined with `MLFLOW_TAGS`, a JSON object. */
  readonly tags?: Readonly<Record<string, string | number | boolean>>;
  /** Text shown at the head of the run's page; Markdown. */
  readonly description?: string;
  /** Run that this one is shown below. */
  readonly parentRunId?: string;
  /** True: `runId` or `MLFLOW_RUN_ID` names the parent of a new run. Default `MLFLOW_NESTED_RUN`, then false. */
  readonly nestedRun?: boolean;
  /** Longest value of a parameter, in characters; shorter if the server accepts less. Default 6000. */
  readonly maxParamLength?: number;
  /** Record the load of the machine. Default `MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING`, then false. */
  readonly logSystemMetrics?: boolean;
};

/** Options of one call, for `log(…, { logOptions: { mlflow: … } })`. */
export type MlflowLogOptions = {
  /** Time of the values in milliseconds since 1970, if they were measured at another time. */
  readonly timestampMs?: number;
  /** Folder of the run's artifacts that a file goes to. */
  readonly artifactPath?: string;
};

export const MLFLOW_OPTION_RULES: OptionRules<MlflowOptions> = {
  trackingUri: "string",
  username: "string",
  password: "string",
  token: "string",
  experimentName: "string",
  artifactLocation: "string",
  runId: "string",
  runName: "string",
  tags: "object",
  description: "string",
  parentRunId: "string",
  nestedRun: "boolean",
  maxParamLength: "any",
  logSystemMetrics: "boolean",
};

export const MLFLOW_LOG_OPTION_RULES: OptionRules<MlflowLogOptions> = {
  timestampMs: "number",
  artifactPath: "string",
};
