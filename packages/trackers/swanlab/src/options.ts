import type { OptionRules } from "@acc/core/tracker";

/** Where a run is recorded. */
export type SwanLabMode =
  /** At the service. */
  | "online"
  /** In a run folder that `swanlab sync` uploads. */
  | "offline"
  /** Nowhere. */
  | "disabled";

/** What to do with the run of the id at the service. */
export type SwanLabResume =
  /** Continue it, or begin it. */
  | "allow"
  /** Continue it; fail if there is none. */
  | "must"
  /** Begin one with a new id. */
  | "never";

/**
 * Options of the tracker, for `initTrackers(…, { initOptions: { swanlab: … } })`. What is left out comes from SwanLab's
 * environment variables. The key comes only from there: `SWANLAB_API_KEY`, or what `swanlab login` stored.
 */
export type SwanLabOptions = {
  /** `SWANLAB_MODE`. Default `"online"`. */
  readonly mode?: SwanLabMode;
  /** `SWANLAB_PROJECT_NAME` or `SWANLAB_PROJ_NAME`. Default the project name of `initTrackers`. */
  readonly project?: string;
  /** User or organization; `SWANLAB_WORKSPACE`. Default the owner of the key. */
  readonly workspace?: string;
  /** Whether everybody may see a project that this run makes; `SWANLAB_PUBLIC`. Default false. */
  readonly public?: boolean;
  /** Name shown; `SWANLAB_EXP_NAME`. Default `run-<id>`. */
  readonly name?: string;
  /** `SWANLAB_DESCRIPTION`. */
  readonly description?: string;
  /** `SWANLAB_JOB_TYPE`. */
  readonly jobType?: string;
  /** `SWANLAB_GROUP`. */
  readonly group?: string;
  /** `SWANLAB_TAGS`, separated by commas. */
  readonly tags?: readonly string[];
  /** Color of its lines, `#RRGGBB`; `SWANLAB_EXP_COLOR`. Default one of sixteen. */
  readonly color?: string;
  /** Identity within the project; `SWANLAB_RUN_ID`. Default eight characters. */
  readonly id?: string;
  /** `SWANLAB_RESUME`. Default `"allow"` with an id, `"never"` without. */
  readonly resume?: SwanLabResume | boolean;
  /** Folder of offline runs; `SWANLAB_LOG_DIR`. Default `swanlog` in the working directory. */
  readonly logDir?: string;
  /** Address of the service; `SWANLAB_API_HOST`. Default where the user logged in, or `https://api.swanlab.cn`. */
  readonly apiHost?: string;
  /** Least time between deliveries while little is logged, in milliseconds. Default 1 500. */
  readonly transmitIntervalMs?: number;
};

/** Options of one call, as `accelerator.logImages(images, { logOptions: { swanlab: … } })`. */
export type SwanLabLogOptions = {
  /** Of images: one per image of a batch. */
  readonly captions?: string[];
};

export const SWANLAB_OPTION_RULES: OptionRules<SwanLabOptions> = {
  mode: "any",
  project: "string",
  workspace: "string",
  public: "boolean",
  name: "string",
  description: "string",
  jobType: "string",
  group: "string",
  tags: "strings",
  color: "string",
  id: "string",
  resume: "any",
  logDir: "string",
  apiHost: "string",
  transmitIntervalMs: { numberFrom: 0 },
};

export const SWANLAB_LOG_OPTION_RULES: OptionRules<SwanLabLogOptions> = { captions: "strings" };
