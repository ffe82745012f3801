import { AcceleratorError } from "../errors.ts";
import type { GeneralTracker } from "./general-tracker.ts";
import type { FinishStatus, RunConfig } from "./log-value.ts";
import { TrackerChannel } from "./tracker-channel.ts";
import type { TrackerEvent } from "./tracker-event.ts";

/** Fans events out to the trackers that run in this thread, each behind its own error boundary. */
export class TrackerHub {
  readonly #channels = new Map<string, TrackerChannel>();
  readonly #warn: (message: string) => void;
  #strict = false;

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  /** Starts trackers, then hands each the configuration. Resolves when all have started or failed. */
  async start(
    trackers: readonly GeneralTracker[],
    config: RunConfig | undefined,
    strict: boolean,
  ): Promise<void> {
    this.#strict = strict;
    const opened = trackers.map((tracker) => {
      const channel = new TrackerChannel(tracker, this.#warn);
      this.#channels.set(tracker.name, channel);
      const started = channel.start();
      return config ? channel.post({ type: "config", values: config }) : started;
    });
    await Promise.all(opened);
  }

  find(name: string): GeneralTracker | undefined {
    return this.#channels.get(name)?.tracker;
  }

  /** Queues an event and returns at once. */
  post(event: TrackerEvent): void {
    if (event.target !== undefined) {
      void this.#channels.get(event.target)?.post(event); // the channel handles its failures
      return;
    }
    for (const channel of this.#channels.values()) void channel.post(event);
  }

  /**
   * Closes every tracker once all it was given is recorded, and reports what failed. A second call does
   * nothing.
   *
   * @throws {AcceleratorError} `TRACKER_FAILED` in strict mode, if anything failed.
   */
  async finish(status: FinishStatus): Promise<void> {
    const channels = [...this.#channels.values()];
    this.#channels.clear();
    const reports = await Promise.all(channels.map((channel) => channel.finish(status)));
    const faults = reports
      .filter((report) => report.failed > 0)
      .map(({ name, failed, delivered, firstError }) => {
        const calls = failed === 1 ? "1 call" : `${failed} calls`;
        return `The tracker "${name}" failed in ${calls} (first: ${firstError}); ${delivered} events were recorded.`;
      });
    if (faults.length === 0) return;
    if (this.#strict) throw new AcceleratorError("TRACKER_FAILED", faults.join("\n"));
    for (const fault of faults) this.#warn(fault);
  }
}
