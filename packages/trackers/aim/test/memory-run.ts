import { randomUUID } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DeliveredEvent, LogValues, TrackerEvent, TrackerRun, TrackerState } from "@acc/core";
import type { AimOptions } from "../src/aim-options.ts";
import { AimTracker } from "../src/aim-tracker.ts";

/** A recording without a journal: what it saves stays in memory, what is posted waits until it is taken. */
export class MemoryRun implements TrackerRun {
  readonly id: string;
  readonly startedMs = 1_795_480_634_000;
  readonly folder: string = mkdtempSync(join(tmpdir(), "acc-aim-"));
  readonly script = undefined;
  readonly isReplay = false;
  readonly warnings: string[] = [];
  readonly posted: TrackerEvent[] = [];
  state: TrackerState | undefined;

  constructor(id: string = randomUUID().replaceAll("-", ""), state?: TrackerState) {
    this.id = id;
    this.state = state;
  }

  async save(state: TrackerState): Promise<void> {
    this.state = JSON.parse(JSON.stringify(state)) as TrackerState; // as a file would hold it
  }

  post(event: TrackerEvent): void {
    this.posted.push(event);
  }

  warn(message: string): void {
    if (!this.warnings.includes(message)) this.warnings.push(message);
  }
}

export function createTracker(
  run: MemoryRun,
  options: AimOptions,
  loggingDir?: string,
): AimTracker {
  return new AimTracker({ projectName: "project", loggingDir, options, run });
}

/** A call of `log`. */
export function metrics(values: LogValues, step?: number, options?: LogValues): TrackerEvent {
  const context = { ...(step === undefined ? {} : { step }), ...(options ? { options } : {}) };
  return { type: "metrics", values, context };
}

/** Events in their order, with times one second apart. */
export function sequenced(events: readonly TrackerEvent[], from = 0): DeliveredEvent[] {
  return events.map((event, index) => {
    const wallTimeMs = 1_795_480_634_000 + 1000 * (from + index);
    const timed =
      event.type === "config" || event.type === "artifact"
        ? event
        : { ...event, context: { wallTimeMs, ...event.context } };
    return { ...timed, sequence: from + index } as DeliveredEvent;
  });
}

/** Delivers as the hub does, and saves. */
export async function deliver(
  tracker: AimTracker,
  run: MemoryRun,
  events: readonly TrackerEvent[],
  from = 0,
): Promise<void> {
  await tracker.deliver(sequenced(events, from), AbortSignal.timeout(60_000));
  await run.save(tracker.state());
}
