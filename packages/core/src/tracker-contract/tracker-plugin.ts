import type { OptionRules } from "../options/option-rule.ts";
import type { GeneralTracker } from "./general-tracker.ts";
import type { TrackerEvent } from "./tracker-event.ts";
import type { TrackerState } from "./tracker-options.ts";

/** The run that a tracker records. It outlives the process: `acc sync` continues it. */
export type TrackerRun = {
  /** 32 hexadecimal digits, unique, the same in every process that continues this run. */
  readonly id: string;
  /** When it began, in milliseconds since 1970. */
  readonly startedMs: number;
  /** A folder for this tracker's files within the run's folder; the tracker creates it when needed. */
  readonly folder: string;
  /** Path of the training script, if there is one. */
  readonly script: string | undefined;
  /** What was saved last, by this or an earlier process. */
  readonly state: TrackerState | undefined;
  /**
   * Set where the process goes on with a run from a checkpoint: what has a later step than `step` is logged again. Undefined
   * `step`: no value had one. The run may have been closed.
   */
  readonly resumed?: { readonly step: number | undefined };
  /** True in `acc sync`: what is delivered was logged by another process. */
  readonly isReplay: boolean;
  /** Saves the state at once, within a delivery; `state()` is saved after every delivery anyway. */
  save(state: TrackerState): Promise<void>;
  /** Records an event for this tracker alone, after everything logged so far: for calls of the native object. */
  post(event: TrackerEvent): void;
  /** Tells the user something, once per message. */
  warn(message: string): void;
};

/** What a plugin creates its tracker from. */
export type TrackerCreation = {
  readonly projectName: string;
  /** Directory for run files; set whenever `requiresLoggingDirectory` is true. */
  readonly loggingDir: string | undefined;
  /** The user's `initTrackers(…, { initOptions: { [name]: … } })` for this tracker, or `{}`. */
  readonly options: object;
  readonly run: TrackerRun;
};

/** What a tracker has of a run that is delivered later: what its user asked for, and what it saved. */
export type RecordedSettings = {
  readonly options: object;
  readonly state: TrackerState | undefined;
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
  /** What its `initOptions` may be: `initTrackers` refuses others. Without it they are not checked. */
  readonly optionRules?: OptionRules;
  /** What its `logOptions` of one call may be: `log` refuses others. Without it they are not checked. */
  readonly logOptionRules?: OptionRules;
  /**
   * What may be used of a run that another machine recorded: the settings without those that say where values, keys and
   * files go, such as addresses and folders. These come from this machine's environment then. Without it `acc sync`
   * refuses such runs.
   */
  adopt?(recorded: RecordedSettings): RecordedSettings;
  create(creation: TrackerCreation): GeneralTracker;
};
