import type { LogValue } from "@acc/core";

/** Options of the tracker, for `initTrackers(…, { initOptions: { aim: … } })`. */
export type AimOptions = {
  /**
   * The repository: `aim://host:53800` or `https://host/path` of a running `aim server`, or a folder, for which
   * `aim server` is started as long as the run lasts. Default: the logging directory.
   */
  readonly repo?: string;
  /** Goes on with a run that the repository has. Default: a new run. */
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
  /** Tells sequences of the same name apart, such as `{ subset: "val" }`. */
  readonly context?: { readonly [key: string]: LogValue };
  readonly epoch?: number;
  /** Of the images of the call. */
  readonly caption?: string;
};
