import type { OfflineState } from "./offline-run.ts";
import type { OnlineState } from "./online-run.ts";
import type { RecorderState } from "./recorder.ts";
import type { RunSettings } from "./run-settings.ts";

/** All that another process needs to go on with a run; plain JSON without keys. */
export type WandbState = {
  readonly settings: RunSettings;
  readonly recorder: RecorderState;
  readonly offline?: OfflineState;
  readonly online?: OnlineState;
  readonly isFinished: boolean;
};
