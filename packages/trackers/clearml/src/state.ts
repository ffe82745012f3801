import type { SavedPath } from "@acc/tracker-kit";
import type { ArtifactEntry } from "./artifact-file.ts";
import type { TaskFields } from "./format/task-fields.ts";

/** Everything that another process needs to go on with a run; plain JSON without keys. */
export type RunState = {
  readonly projectName: string;
  readonly taskName: string;
  readonly taskType: string;
  /** Name of the machine that trained. */
  readonly worker: string;
  readonly script: ScriptInfo | undefined;
  readonly hosts: Hosts;
  readonly recording: RecordingState;
  readonly target: OnlineState | OfflineState;
};

/** The program, in the API's words. */
export type ScriptInfo = {
  readonly binary: string;
  readonly repository: string;
  readonly branch: string;
  readonly version_num: string;
  readonly entry_point: string;
  readonly working_dir: string;
  readonly diff: string;
};

export type OnlineState = {
  readonly mode: "online";
  /** The task that the run continues. */
  readonly continueTask?: string;
  /** The offset that the user gave for the steps of a continued task. */
  readonly wantedOffset?: number;
  readonly taskId?: string;
  readonly projectId?: string;
  /** Added to every step. */
  readonly iterationOffset?: number;
  readonly isStarted?: boolean;
  /** Console lines of events up to this one may have been sent. */
  readonly linesAttempted?: number;
};

export type OfflineState = {
  readonly mode: "offline";
  /** The session's folder. */
  readonly folder: SavedPath;
  /** Bytes of the two files that are recorded; any further bytes come from a delivery that did not complete. */
  readonly metricsBytes: number;
  readonly logBytes: number;
  readonly fields: TaskFields;
  readonly artifacts: readonly (ArtifactEntry & { readonly uri: string })[];
};

/** Addresses of the servers, without keys. */
export type Hosts = {
  readonly apiHost: string;
  readonly webHost: string;
  readonly filesHost: string;
};

/** Values that determine how the next event is recorded. */
export type RecordingState = {
  /** Milliseconds of the last console line. */
  lastLineMs: number;
  /** The highest iteration of each curve, plot and image so far, by kind, title and series. */
  highest: Record<string, number>;
};
