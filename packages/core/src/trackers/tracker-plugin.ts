import type { GeneralTracker } from "./general-tracker.ts";
import type { TrackerEvent } from "./tracker-event.ts";
import type { TrackerState } from "./tracker-options.ts";

/** The recording that a tracker belongs to. It outlives the process: `acc sync` goes on with it. */
export type TrackerRun = {
  /** 32 hexadecimal digits, unique, the same in every process that goes on with this recording. */
  readonly id: string;
  /** When it began, in milliseconds since 1970. */
  readonly startedMs: number;
  /** A folder of this tracker's own within the run's folder, for files it keeps; made on demand by the tracker. */
  readonly folder: string;
  /** Path of the training script, if there is one. */
  readonly script: string | undefined;
  /** What was saved last, by this or an earlier process. */
  readonly state: TrackerState | undefined;
  /** True in `acc sync`: what is delivered was logged by another process. */
  readonly isReplay: boolean;
  /** Saves the state at once, within a delivery; `state()` is saved after every delivery anyway. */
  save(state: TrackerState): Promise<void>;
  /** Records an event for this tracker alone, behind everything logged so far: for calls of the native object. */
  post(event: TrackerEvent): void;
  /** Tells the user something, once per message. */
  warn(message: string): void;
};

/** What a plugin gets to build its tracker from. */
export type TrackerCreation = {
  readonly projectName: string;
  /** Directory for run files; set whenever `requiresLoggingDirectory` is true. */
  readonly loggingDir: string | undefined;
  /** The user's `initTrackers(…, { initOptions: { [name]: … } })` for this tracker, or `{}`. */
  readonly options: object;
  readonly run: TrackerRun;
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
  /** Names of `initOptions` that hold keys or tokens: they never enter the journal. */
  readonly secretOptions?: readonly string[];
  create(creation: TrackerCreation): GeneralTracker;
};
