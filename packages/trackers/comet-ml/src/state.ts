import type { SavedPath } from "@acc/tracker-kit";
import type { ConnectionIdentity } from "./client/connection.ts";
import type { GitMetadata } from "./format/git-metadata.ts";
import type { Position } from "./operation.ts";
import type { CometSettings } from "./settings.ts";

/** Everything that another process needs to go on with a run; plain JSON without keys. */
export type CometState = {
  readonly settings: CometSettings;
  /** Where the folder of the settings is if it was moved with the run; absent for a run of another machine. */
  readonly directory?: SavedPath;
  /** Absent: there is none, or it is not to be recorded. */
  readonly git?: GitMetadata;
  readonly recording: RecordingState;
  readonly archive?: OfflineState;
  readonly online?: OnlineState;
};

/** Values that determine how the next event is recorded. */
export type RecordingState = {
  /** The first operations, such as the name, have been recorded. */
  readonly isOpened: boolean;
  /** Comet's step and epoch stay until another is given. */
  readonly step: number | null;
  readonly epoch: number | null;
  readonly hasNestedParameters: boolean;
  readonly figures: number;
  /** When the last value was logged, in milliseconds since 1970. */
  readonly lastMs: number;
  /** Number of lines of the console; absent: none. */
  readonly lines?: number;
};

export const NEW_RECORDING: RecordingState = {
  isOpened: false,
  step: null,
  epoch: null,
  hasNestedParameters: false,
  figures: 0,
  lastMs: 0,
};

/** The content of the archive. */
export type OfflineState = {
  /** Bytes of `messages.json` that were delivered; any further bytes were not. */
  readonly bytes: number;
  readonly messages: number;
  readonly tags: readonly string[];
  readonly fileBytes: number;
  readonly isFinished: boolean;
  /** Number of archives of this run before it: one for each time that it went on after its end. */
  readonly earlier?: number;
};

/** The state at the service. */
export type OnlineState = {
  readonly identity: ConnectionIdentity | null;
  /** The experiment is being made: it may exist although the answer was lost. */
  readonly isOpening: boolean;
  /** The first metric that was not sent. Every other operation is idempotent. */
  readonly nextMetric: Position;
  readonly isFinished: boolean;
};
