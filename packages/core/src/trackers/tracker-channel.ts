import { messageOf } from "../errors.ts";
import type { GeneralTracker } from "./general-tracker.ts";
import type { FinishStatus } from "./log-value.ts";
import type { TrackerEvent, TrackerReport } from "./tracker-event.ts";

/**
 * One tracker behind its error boundary: its calls run in order, one at a time, and a failing one is
 * counted and warned about once, never thrown.
 */
export class TrackerChannel {
  readonly tracker: GeneralTracker;
  readonly #warn: (message: string) => void;
  #tail: Promise<void> = Promise.resolve();
  #started = false;
  #delivered = 0;
  #failed = 0;
  #firstError: string | undefined;

  constructor(tracker: GeneralTracker, warn: (message: string) => void) {
    this.tracker = tracker;
    this.#warn = warn;
  }

  start(): Promise<void> {
    return this.#enqueue("start", async () => {
      await this.tracker.start();
      this.#started = true;
    });
  }

  post(event: TrackerEvent): Promise<void> {
    return this.#enqueue(event.type, async () => {
      if (!this.#started) throw new Error("it could not be started");
      await deliver(this.tracker, event);
      this.#delivered += 1;
    });
  }

  async finish(status: FinishStatus): Promise<TrackerReport> {
    await this.#enqueue("finish", async () => {
      if (this.#started) await this.tracker.finish(status);
    });
    const { name } = this.tracker;
    return {
      name,
      delivered: this.#delivered,
      failed: this.#failed,
      ...(this.#firstError === undefined ? {} : { firstError: this.#firstError }),
    };
  }

  #enqueue(what: string, call: () => Promise<void>): Promise<void> {
    this.#tail = this.#tail.then(call).catch((error: unknown) => {
      this.#failed += 1;
      if (this.#firstError !== undefined) return;
      this.#firstError = `${what}: ${messageOf(error)}`;
      this.#warn(
        `The tracker "${this.tracker.name}" failed (${this.#firstError}). Training goes on; further ` +
          "failures are counted and reported when the run ends.",
      );
    });
    return this.#tail;
  }
}

/** Applies one event to one tracker. A new event type does not compile until it is handled here. */
async function deliver(tracker: GeneralTracker, event: TrackerEvent): Promise<void> {
  switch (event.type) {
    case "config":
      return tracker.storeInitConfiguration(event.values);
    case "metrics":
      return tracker.log(event.values, event.context);
    case "images":
      if (!supports(tracker, "logImages", event)) return;
      return tracker.logImages?.(event.values, event.context);
    case "tables":
      if (!supports(tracker, "logTable", event)) return;
      return tracker.logTable?.(event.values, event.context);
    case "artifact":
      if (!supports(tracker, "logArtifact", event)) return;
      return tracker.logArtifact?.(event.artifact, event.context);
    case "call":
      if (!supports(tracker, "call", event)) return;
      return tracker.call?.(event.method, event.args, event.context);
    default:
      event satisfies never;
  }
}

/** What is meant for all trackers goes to those that can; what is meant for one must not vanish. */
function supports(
  tracker: GeneralTracker,
  method: "logImages" | "logTable" | "logArtifact" | "call",
  { target }: TrackerEvent,
): boolean {
  if (tracker[method]) return true;
  if (target === undefined) return false;
  throw new Error(`it has no ${method}`);
}
