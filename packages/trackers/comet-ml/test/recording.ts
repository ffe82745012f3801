import type { FinishStatus } from "@acc/core";
import { TestRun } from "@acc/core/testing";
import type { CometOptions } from "../src/options.ts";
import { CometTracker } from "../src/tracker.ts";

export const RUN_ID = "0123456789abcdef0123456789abcdef";
/** 25 characters, as Comet's keys have. */
export const KEY = "Key0of1the2Comet3Tracker4";

/** A run, and the tracker of the process that records it. */
export class Recording extends TestRun {
  readonly #options: CometOptions;
  readonly #script: string | undefined;
  tracker: CometTracker;
  /** Resolves once the tracker is started. */
  started: Promise<void> = Promise.resolve();

  constructor(options: CometOptions, id: string = RUN_ID, script?: string) {
    super({ id });
    this.#options = options;
    this.#script = script;
    this.tracker = this.#create(false);
  }

  /** Delivers what is missing, this many events at a time. */
  async deliverRest(portion: number = Number.POSITIVE_INFINITY): Promise<void> {
    await this.started;
    if (this.delivered < this.events.length) await this.deliver(this.tracker, { portion });
  }

  async finish(status: FinishStatus = "success"): Promise<void> {
    await this.deliverRest();
    await this.tracker.finish(status);
    this.state = this.tracker.state();
  }

  /** Ends the process at any moment and goes on in another, which knows what was saved. */
  restart(): void {
    this.tracker = this.#create(true);
  }

  #create(isReplay: boolean): CometTracker {
    const run = { ...this.attach({ isReplay }), script: this.#script };
    const tracker = new CometTracker({
      ...{ projectName: "proj", loggingDir: undefined, options: this.#options, run },
    });
    this.started = tracker.start();
    return tracker;
  }
}
