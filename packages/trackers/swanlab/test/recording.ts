import type { FinishStatus, TrackerEvent } from "@acc/core";
import { TestRun } from "@acc/core/testing";
import type { SwanLabOptions } from "../src/options.ts";
import { SwanLabTracker } from "../src/tracker.ts";

/** A run, and the tracker of the process that records it. `restart` goes on as another process would. */
export class Recording extends TestRun {
  tracker: SwanLabTracker;
  readonly #options: SwanLabOptions;
  readonly #projectName: string;

  constructor(folder: string, options: SwanLabOptions, projectName: string) {
    super({ folder, startedMs: 1_795_000_000_250 });
    this.#options = options;
    this.#projectName = projectName;
    this.tracker = this.#create(false);
  }

  static async start(
    folder: string,
    options: SwanLabOptions = {},
    projectName = "proj",
  ): Promise<Recording> {
    const recording = new Recording(folder, { logDir: folder, ...options }, projectName);
    await recording.tracker.start();
    return recording;
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
    this.state = this.tracker.state();
  }

  /** Goes on in another process: what was not saved is lost. */
  async restart(): Promise<void> {
    this.tracker = this.#create(true);
    await this.tracker.start();
  }

  #create(isReplay: boolean): SwanLabTracker {
    return new SwanLabTracker({
      projectName: this.#projectName,
      loggingDir: undefined,
      options: this.#options,
      run: this.attach({ isReplay }),
    });
  }
}
