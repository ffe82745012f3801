import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DeliveredEvent, TrackerEvent, TrackerRun, TrackerState } from "@acc/core";
import type { CometOptions } from "../src/comet-options.ts";
import { CometTracker } from "../src/comet-tracker.ts";

export const RUN_ID = "0123456789abcdef0123456789abcdef";
/** 25 characters, as Comet's keys have. */
export const KEY = "Key0of1the2Comet3Tracker4";

/** What a tracker recorded, and how far it was delivered: the part of the hub that a tracker sees. */
export class Recording {
  readonly folder: string = mkdtempSync(join(tmpdir(), "acc-comet-"));
  readonly events: DeliveredEvent[] = [];
  readonly warnings: string[] = [];
  readonly #options: CometOptions;
  readonly #id: string;
  /** As stored: text, so that nothing but JSON gets through. */
  #state: string | undefined;
  #delivered = 0;
  tracker: CometTracker;

  constructor(options: CometOptions, id: string = RUN_ID) {
    this.#options = options;
    this.#id = id;
    this.tracker = this.#create(false);
  }

  get state(): TrackerState | undefined {
    return this.#state === undefined ? undefined : JSON.parse(this.#state);
  }

  /** What the file with the state would hold. */
  get stateText(): string {
    return this.#state ?? "";
  }

  /** Adds an event behind the others. */
  post(event: TrackerEvent): void {
    this.events.push({ ...event, sequence: this.events.length });
  }

  /** Delivers what is missing, so many events at a time, and saves what the tracker says. */
  async deliver(portion: number = Number.POSITIVE_INFINITY): Promise<void> {
    while (this.#delivered < this.events.length) {
      const events = this.events.slice(this.#delivered, this.#delivered + portion);
      await this.tracker.deliver(structuredClone(events), AbortSignal.timeout(20_000));
      this.#delivered += events.length;
      this.#state = JSON.stringify(this.tracker.state());
    }
  }

  async finish(status: "success" | "failure" = "success"): Promise<void> {
    await this.deliver();
    await this.tracker.finish(status);
    this.#state = JSON.stringify(this.tracker.state());
  }

  /** Ends the process at any moment and goes on in another, which knows what was saved. */
  restart(): void {
    this.tracker = this.#create(true);
  }

  #create(isReplay: boolean): CometTracker {
    const run: TrackerRun = {
      id: this.#id,
      startedMs: 1_700_000_000_000,
      folder: join(this.folder, "run"),
      script: undefined,
      state: this.state,
      isReplay,
      save: async (state) => {
        this.#state = JSON.stringify(state);
      },
      post: (event) => this.post(event),
      warn: (message) => {
        if (!this.warnings.includes(message)) this.warnings.push(message);
      },
    };
    const tracker = new CometTracker({
      ...{ projectName: "proj", loggingDir: undefined, options: this.#options, run },
    });
    tracker.start();
    return tracker;
  }
}
