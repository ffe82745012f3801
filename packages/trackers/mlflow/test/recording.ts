import { join } from "node:path";
import type { DeliveredEvent, TrackerEvent } from "@acc/core";
import { TestRun } from "@acc/core/testing";
import type { MlflowOptions } from "../src/options.ts";
import { MlflowTracker } from "../src/tracker.ts";

export const START_MS = 1_700_000_000_000;

/** What `TrackerEvent` is without its place, spelled so that each kind keeps its members. */
type WithoutSequence<T> = T extends unknown ? Omit<T, "sequence"> : never;

/** A run whose tracker the tests call directly. Trackers come and go. */
export class Recording extends TestRun {
  constructor() {
    super({ startedMs: START_MS });
  }

  /** A tracker as the next process makes it, from what was saved last. */
  async open(
    options: MlflowOptions,
    {
      projectName = "project",
      isReplay = false,
    }: { projectName?: string; isReplay?: boolean } = {},
  ): Promise<MlflowTracker> {
    const tracker = new MlflowTracker({
      projectName,
      loggingDir: undefined,
      options,
      run: { ...this.attach({ isReplay }), script: join(this.folder, "train.ts") },
    });
    await tracker.start();
    return tracker;
  }

  /** Logs at a time of its own, as the hub stamps it. */
  log(event: WithoutSequence<DeliveredEvent>, step?: number): void {
    const context = {
      wallTimeMs: START_MS + 10 * this.events.length,
      ...("context" in event ? event.context : {}),
      ...(step === undefined ? {} : { step }),
    };
    this.post({ ...event, context } as TrackerEvent);
  }
}
