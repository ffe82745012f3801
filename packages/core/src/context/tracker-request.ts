import type { OptionRules } from "../options/option-rule.ts";
import type { RunConfig } from "../tracker-contract/log-value.ts";
import type { TrackerInitOptions } from "../tracker-contract/tracker-options.ts";

/** Where a named tracker comes from. */
export type TrackerSource = {
  readonly name: string;
  /** URL of the module that registers it; undefined if it is registered in this thread only. */
  readonly moduleUrl: string | undefined;
};

/**
 * Why the folder of a run stays when the run has ended well: because the user has asked for it, or because that is the default
 * for a project. Files that a run logs are copied into its folder if the user has asked, or if a tracker delivers them.
 */
export type Keeping = "asked" | "default";

/** What the user says of the load of the machine and of the console; undefined: as each tracker's official client does. */
export type MonitoringRequest = {
  readonly system: boolean | undefined;
  readonly console: boolean | undefined;
  readonly intervalMs: number;
};

/** What `initTrackers` asks for; plain data, so that it can go to the host thread. */
export type TrackerRequest = {
  readonly sources: readonly TrackerSource[];
  readonly projectName: string;
  readonly loggingDir: string | undefined;
  readonly initOptions: TrackerInitOptions;
  readonly config: RunConfig | undefined;
  readonly strict: boolean;
  /** Time limit of delivery to services at the end of the run. */
  readonly deliveryTimeoutMs: number;
  readonly monitoring: MonitoringRequest;
  /** Path of the training script. */
  readonly script: string | undefined;
  /** Absent: the folder of the run stays only while a tracker needs it. */
  readonly keeping?: Keeping;
  /** The run to go on with; absent for a new one. */
  readonly resume?: ResumePoint;
};

/** A run that has a journal. */
export type RunPlace = {
  readonly runId: string;
  /** The folder of the run. */
  readonly folder: string;
  readonly startedMs: number;
};

/** Where a checkpoint lies in a run. */
export type ResumePoint = RunPlace & {
  /** The id of the checkpoint. */
  readonly checkpoint: string;
  /** The highest step that was logged before it; undefined if no value had one. */
  readonly step: number | undefined;
};

/** Rules for `logOptions`, by tracker; only trackers that have such options. */
export type LogOptionRules = Readonly<Record<string, OptionRules>>;
