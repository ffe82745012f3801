import type { ArtifactEntry } from "./artifact-file.ts";
import type { RecordingState } from "./change-builder.ts";
import type { Hosts } from "./settings.ts";
import type { TaskFields } from "./task-fields.ts";

/** What a run keeps from its start on, whichever process goes on with it. Plain JSON; no keys. */
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
  /** The task that the run goes on with. */
  readonly continueTask?: string;
  /** What the user wants added to the steps of a continued task. */
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
  /** Absolute path of the session's folder. */
  readonly folder: string;
  /** Bytes of the two files that are recorded; what is behind them is of a delivery that broke off. */
  readonly metricsBytes: number;
  readonly logBytes: number;
  readonly fields: TaskFields;
  readonly artifacts: readonly (ArtifactEntry & { readonly uri: string })[];
};
