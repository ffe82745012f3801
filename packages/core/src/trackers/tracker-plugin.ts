import type { GeneralTracker } from "./general-tracker.ts";

/** Options of the named trackers for `initTrackers`; tracker packages add their own by augmentation. */
export interface TrackerInitOptions {
  [name: string]: object | undefined;
}

/** What a plugin gets to build its tracker from. */
export type TrackerCreation = {
  readonly projectName: string;
  /** Directory for run files; set whenever `requiresLoggingDirectory` is true. */
  readonly loggingDir: string | undefined;
  /** The user's `initTrackers(…, { initOptions: { [name]: … } })` for this tracker, or `{}`. */
  readonly options: object;
};

/** A tracker integration that can be selected by name. */
export type TrackerPlugin = {
  readonly name: string;
  readonly requiresLoggingDirectory: boolean;
  /**
   * `import.meta.url` of the module that registers the plugin when imported: the host thread imports it and
   * runs the tracker there. Without it the tracker runs in the replica that logs.
   */
  readonly moduleUrl?: string;
  create(creation: TrackerCreation): GeneralTracker;
};
