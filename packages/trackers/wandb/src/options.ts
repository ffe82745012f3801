import type { LogValue, OptionRules } from "@acc/core/tracker";

/** Where a run is recorded. */
export type WandbMode =
  /** At the server. */
  | "online"
  /** In a run folder that `wandb sync` uploads. */
  | "offline"
  /** Nowhere. */
  | "disabled";

/** What to do when the server has a run of this id. */
export type WandbResume =
  /** Continue it, or begin it. */
  | "allow"
  /** Continue it; fail if there is none. */
  | "must"
  /** Begin it; fail if there is one. */
  | "never"
  /** Continue the run that did not end in this folder, or begin one. */
  | "auto";

/**
 * Options of the tracker, for `initTrackers(…, { initOptions: { wandb: … } })`. What is left out comes from W&B's
 * environment variables.
 */
export type WandbOptions = {
  /** `WANDB_MODE`. Default `"online"`. */
  readonly mode?: WandbMode;
  /** `WANDB_PROJECT`. Default the project name of `initTrackers`. */
  readonly project?: string;
  /** User or team; `WANDB_ENTITY`. Default the one that the server has for the key. */
  readonly entity?: string;
  /** Name shown; `WANDB_NAME`. Default: one that the server chooses. */
  readonly name?: string;
  /** Identity within the project, 1 to 64 characters; `WANDB_RUN_ID`. Default eight random ones. */
  readonly id?: string;
  /** `WANDB_RESUME`. Without it an existing run of this id is continued without looking at it. */
  readonly resume?: WandbResume | boolean;
  /** `WANDB_RUN_GROUP`. */
  readonly group?: string;
  /** `WANDB_JOB_TYPE`. */
  readonly jobType?: string;
  /** `WANDB_TAGS`, separated by commas. */
  readonly tags?: readonly string[];
  /** `WANDB_NOTES`. */
  readonly notes?: string;
  /** Folder in which `wandb/` is made for offline runs; `WANDB_DIR`. Default the working directory. */
  readonly dir?: string;
  /** `WANDB_BASE_URL`. Default `https://api.wandb.ai`. */
  readonly baseUrl?: string;
  /** `WANDB_API_KEY`, or the machine of the base URL in `~/.netrc`. It is never stored. */
  readonly apiKey?: string;
  /** Keep the training script, as `logCode()` does; `WANDB_SAVE_CODE`, unless `WANDB_DISABLE_CODE` is set. Default false. */
  readonly saveCode?: boolean;
  /** Least time between requests while little is logged, in milliseconds. Default 1 000. */
  readonly transmitIntervalMs?: number;
};

/** Options of one call, as `accelerator.logImages(images, { logOptions: { wandb: … } })`. */
export type WandbLogOptions = {
  /** Of images: one per image of a batch. */
  readonly captions?: string[];
  /** Of an artifact, besides `"latest"`. */
  readonly aliases?: string[];
  /** Of an artifact. */
  readonly description?: string;
  /** Of an artifact. */
  readonly metadata?: { readonly [key: string]: LogValue };
};

export const WANDB_OPTION_RULES: OptionRules<WandbOptions> = {
  mode: "any",
  project: "string",
  entity: "string",
  name: "string",
  id: "string",
  resume: "any",
  group: "string",
  jobType: "string",
  tags: "strings",
  notes: "string",
  dir: "string",
  baseUrl: "string",
  apiKey: "string",
  saveCode: "boolean",
  transmitIntervalMs: { numberFrom: 0 },
};

export const WANDB_LOG_OPTION_RULES: OptionRules<WandbLogOptions> = {
  captions: "strings",
  aliases: "strings",
  description: "string",
  metadata: "object",
};
