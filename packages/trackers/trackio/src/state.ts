import type { Json } from "@acc/tracker-kit";
import type { RunSettings } from "./settings.ts";

/** Everything that another process needs to go on with a run; plain JSON without keys. */
export type TrackioState = {
  readonly settings: RunSettings;
  /** How many processes have begun to write this run to an inbox before this one. */
  readonly writer: number;
  /** Undefined until it is known which run of Trackio this one goes on with. */
  readonly recording?: RecordingState;
};

/** Values that determine how the next event is recorded. */
export type RecordingState = {
  /** Trackio's id of the run. */
  readonly runId: string;
  nextStep: number;
  /** Of the last row. */
  lastStep: number;
  /** When the last event was logged, in milliseconds since 1970. */
  lastTimeMs: number;
  /** Everything configured so far: Trackio replaces a configuration whole. */
  config: { readonly [key: string]: Json };
  /** Whether Trackio lacks the configuration: a row takes it along. */
  isConfigPending: boolean;
  /** Trackio's own names that were recorded as others, each warned of once. */
  renamed: string[];
};

/** A run that goes on with one that Trackio has. */
export type FoundRun = {
  readonly runId: string;
  readonly lastStep: number | undefined;
};

/** What is known before the first event. */
export function newRecording(
  run: { readonly id: string; readonly startedMs: number },
  found: FoundRun | undefined,
): RecordingState {
  const { lastStep } = found ?? {};
  return {
    runId: found?.runId ?? run.id,
    nextStep: lastStep === undefined ? 0 : lastStep + 1,
    lastStep: lastStep ?? 0,
    lastTimeMs: run.startedMs,
    config: {},
    isConfigPending: true,
    renamed: [],
  };
}
