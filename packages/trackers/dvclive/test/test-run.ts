import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DeliveredEvent, TrackerEvent, TrackerState } from "@acc/core";
import { DvcLiveTracker } from "../src/dvclive-tracker.ts";
import type { Live } from "../src/live.ts";
import type { DvcLiveOptions } from "../src/live-options.ts";

export const temporary = (): string => mkdtempSync(join(tmpdir(), "acc-dvclive-"));

/** A recording as the hub keeps it: events in order, and the state that was saved last. */
export class TestRun {
  /** Working directory of the run. */
  readonly root: string;
  readonly events: DeliveredEvent[] = [];
  readonly warnings: string[] = [];
  state: TrackerState | undefined;
  #delivered = 0;

  constructor(root = temporary()) {
    this.root = root;
    mkdirSync(root, { recursive: true });
  }

  post(event: TrackerEvent): void {
    this.events.push({ ...event, sequence: this.events.length });
  }

  /** A tracker that goes on from the saved state, as one of another process would. */
  tracker(options: DvcLiveOptions = {}): DvcLiveTracker {
    const before = process.cwd();
    process.chdir(this.root);
    try {
      return new DvcLiveTracker({
        projectName: "project",
        loggingDir: undefined,
        options: { saveDvcExp: false, ...options },
        run: {
          id: "0123456789abcdef0123456789abcdef",
          startedMs: 0,
          folder: join(this.root, ".acc", "run", "dvclive"),
          script: undefined,
          state: structuredClone(this.state),
          isReplay: false,
          save: async (state) => {
            this.state = structuredClone(state);
          },
          post: (event) => this.post(event),
          warn: (message) => {
            if (!this.warnings.includes(message)) this.warnings.push(message);
          },
        },
      });
    } finally {
      process.chdir(before);
    }
  }

  /** Delivers what is not delivered, and saves the state as the hub does. */
  async deliver(tracker: DvcLiveTracker, count = Number.POSITIVE_INFINITY): Promise<void> {
    const events = this.events.slice(this.#delivered, this.#delivered + count);
    await tracker.deliver(structuredClone(events));
    this.#delivered += events.length;
    this.state = structuredClone(tracker.state());
  }

  /** One whole run. */
  static async of(
    use: (live: Live, run: TestRun) => void,
    options: DvcLiveOptions = {},
    root?: string,
  ): Promise<TestRun> {
    const run = new TestRun(root);
    const tracker = run.tracker(options);
    use(tracker.tracker, run);
    await run.deliver(tracker);
    await tracker.finish();
    return run;
  }
}
