import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type {
  DeliveredEvent,
  FinishStatus,
  TrackerEvent,
  TrackerRun,
  TrackerState,
} from "@acc/core";
import type { WandbOptions } from "../src/wandb-options.ts";
import { WandbTracker } from "../src/wandb-tracker.ts";

/**
 * A recording as the hub keeps it: events in order, and what was saved of the tracker. `restart` goes on with it as
 * another process would, from what was saved last.
 */
export class Recording {
  readonly events: DeliveredEvent[] = [];
  readonly warnings: string[] = [];
  readonly id = randomBytes(16).toString("hex");
  readonly startedMs = 1_795_000_000_250;
  saved: TrackerState | undefined;
  delivered = 0;
  tracker: WandbTracker;
  readonly #folder: string;
  readonly #options: WandbOptions;
  readonly #projectName: string;

  constructor(folder: string, options: WandbOptions, projectName: string) {
    this.#folder = folder;
    this.#options = options;
    this.#projectName = projectName;
    this.tracker = this.#create(false);
  }

  static async start(
    folder: string,
    options: WandbOptions = {},
    projectName = "proj",
  ): Promise<Recording> {
    const recording = new Recording(folder, { dir: folder, ...options }, projectName);
    await recording.tracker.start();
    return recording;
  }

  post(event: TrackerEvent): void {
    this.events.push({ ...event, sequence: this.events.length });
  }

  /** @param step undefined: none is given. */
  log(values: Extract<TrackerEvent, { type: "metrics" }>["values"], step?: number): void {
    this.post({ type: "metrics", values, context: this.context(step) });
  }

  context(step?: number): { wallTimeMs: number; step?: number } {
    const wallTimeMs = this.startedMs + this.events.length * 500;
    return { wallTimeMs, ...(step === undefined ? {} : { step }) };
  }

  /** Hands over what has not been delivered, `size` events at a time. */
  async deliver(size = this.events.length): Promise<void> {
    while (this.delivered < this.events.length) {
      const portion = this.events.slice(this.delivered, this.delivered + size);
      await this.tracker.deliver(portion, AbortSignal.timeout(20_000));
      this.delivered += portion.length;
      this.saved = copy(this.tracker.state() ?? {});
    }
  }

  async finish(status: FinishStatus = "success"): Promise<void> {
    await this.deliver();
    await this.tracker.finish(status);
    this.saved = copy(this.tracker.state() ?? {});
  }

  /** Another process. Nothing that was not saved survives. */
  async restart(): Promise<void> {
    this.tracker = this.#create(true);
    await this.tracker.start();
  }

  #create(isReplay: boolean): WandbTracker {
    const recording = this;
    const run: TrackerRun = {
      id: this.id,
      startedMs: this.startedMs,
      folder: join(this.#folder, "recording"),
      script: undefined,
      state: this.saved && copy(this.saved),
      isReplay,
      async save(state) {
        recording.saved = copy(state);
      },
      post: (event) => this.post(event),
      warn: (message) => {
        if (!this.warnings.includes(message)) this.warnings.push(message);
      },
    };
    return new WandbTracker({
      projectName: this.#projectName,
      loggingDir: undefined,
      options: this.#options,
      run,
    });
  }
}

/** As a state that was written and read again. */
function copy(state: TrackerState): TrackerState {
  return JSON.parse(JSON.stringify(state));
}
