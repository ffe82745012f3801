import type { LogValue, OptionRules } from "@acc/core/tracker";

/** Options of the tracker, for `initTrackers(…, { initOptions: { aim: … } })`. */
export type AimOptions = {
  /**
   * The repository: `aim://host:53800` or `https://host/path` of a running `aim server`, or a folder, for which
   * `aim server` is started during the run. Default: the logging directory.
   */
  readonly repo?: string;
  /** The run of the repository to continue. Default: a new run. */
  readonly runHash?: string;
  /** With `runHash`: take the run even if another program has it locked. Default false. */
  readonly forceResume?: boolean;
  readonly experiment?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  /** `file:` URL of the folder for artifacts. Default for a repository in a folder: `aim-artifacts` in it. */
  readonly artifactsUri?: string;
  /** Headers of every request, for a proxy in front of the server. They never reach a journal or a log. */
  readonly headers?: Readonly<Record<string, string>>;
};

/** Options of one call, for `log(…, { logOptions: { aim: … } })`. */
export type AimLogOptions = {
  /** Distinguishes sequences of the same name, such as `{ subset: "val" }`. */
  readonly context?: { readonly [key: string]: LogValue };
  readonly epoch?: number;
  /** Of the images of the call. */
  readonly caption?: string;
};

export const AIM_OPTION_RULES: OptionRules<AimOptions> = {
  repo: "string",
  runHash: "any",
  forceResume: "boolean",
  experiment: "string",
  description: "string",
  tags: "strings",
  artifactsUri: "string",
  headers: "object",
};

export const AIM_LOG_OPTION_RULES: OptionRules<AimLogOptions> = {
  context: "object",
  epoch: "number",
  caption: "string",
};
