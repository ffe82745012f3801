import { TestRun } from "@acc/core/testing";
import type {
  DeliveredEvent,
  LogValues,
  MonitorEvent,
  TrackerEvent,
  TrackerState,
} from "@acc/core/tracker";
import type { AimOptions } from "../src/options.ts";
import { AimTracker } from "../src/tracker.ts";

/** A run whose tracker the tests call directly. */
export class Recording extends TestRun {
  constructor(id?: string, state?: TrackerState) {
    super({ ...(id === undefined ? {} : { id }), startedMs: 1_795_480_634_000, state });
  }
}

export function createTracker(
  run: Recording,
  options: AimOptions,
  loggingDir?: string,
): AimTracker {
  return new AimTracker({ projectName: "project", loggingDir, options, run: run.attach() });
}

/** A call of `log`. */
export function metrics(values: LogValues, step?: number, options?: LogValues): TrackerEvent {
  const context = { ...(step === undefined ? {} : { step }), ...(options ? { options } : {}) };
  return { type: "metrics", values, context };
}

/** Events in their order, with times one second apart. */
export function sequenced(
  events: readonly (TrackerEvent | MonitorEvent)[],
  from = 0,
): DeliveredEvent[] {
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
  run: Recording,
  events: readonly (TrackerEvent | MonitorEvent)[],
  from = 0,
): Promise<void> {
  await tracker.deliver(sequenced(events, from), AbortSignal.timeout(60_000));
  run.state = tracker.state();
}
