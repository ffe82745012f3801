import type { FinishStatus, TrackerEvent } from "@acc/core";
import { TestRun } from "@acc/core/testing";
import type { GeneralTracker, TrackerRun } from "@acc/core/tracker";

/** A run whose tracker the tests call directly. `restart` goes on as another process would. */
export class TrackerRecording<Tracker extends GeneralTracker> extends TestRun {
  tracker: Tracker;
  readonly #create: (run: TrackerRun) => Tracker;

  constructor(folder: string, create: (run: TrackerRun) => Tracker) {
    super({ folder, startedMs: 1_795_000_000_250 });
    this.#create = create;
    this.tracker = create(this.attach({ isReplay: false }));
  }

  /** @param step undefined: none is given. */
  log(values: Extract<TrackerEvent, { type: "metrics" }>["values"], step?: number): void {
    this.post({ type: "metrics", values, context: this.context(step) });
  }

  context(step?: number): { wallTimeMs: number; step?: number } {
    const wallTimeMs = this.startedMs + this.events.length * 500;
    return { wallTimeMs, ...(step === undefined ? {} : { step }) };
  }

  /** Hands over what has not been delivered, `portion` events at a time. */
  async deliverRest(portion: number = this.events.length): Promise<void> {
    if (this.delivered < this.events.length) await this.deliver(this.tracker, { portion });
  }

  async finish(status: FinishStatus = "success"): Promise<void> {
    await this.deliverRest();
    await this.tracker.finish(status);
    this.state = this.tracker.state?.();
  }

  /** Goes on in another process: what was not saved is lost. */
  async restart(): Promise<void> {
    this.tracker = this.#create(this.attach({ isReplay: true }));
    await this.tracker.start();
  }
}
