import { randomUUID } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DeliveredEvent, TrackerEvent, TrackerRun, TrackerState } from "@acc/core";
import { ClearMLTracker } from "../src/clearml-tracker.ts";
import type { ClearMLOptions } from "../src/options.ts";

type Options = {
  readonly projectName?: string;
  readonly options?: ClearMLOptions;
};

/** A recording that tests drive by hand: its journal, and the trackers of the processes that go on with it. */
export class TestRun {
  readonly id: string = randomUUID().replaceAll("-", "");
  readonly folder: string = mkdtempSync(join(tmpdir(), "acc-clearml-"));
  readonly journal: DeliveredEvent[] = [];
  readonly warnings: string[] = [];
  readonly #options: Options;
  state: TrackerState | undefined;
  /** How many events of the journal are marked as delivered. */
  delivered = 0;

  constructor(options: Options = {}) {
    this.#options = options;
  }

  post(...events: TrackerEvent[]): void {
    for (const event of events) this.journal.push({ ...event, sequence: this.journal.length });
  }

  /** The tracker of a new process, started with the state saved last. */
  async open(isReplay = false): Promise<ClearMLTracker> {
    const run: TrackerRun = {
      id: this.id,
      startedMs: 1_700_000_000_000,
      folder: join(this.folder, "clearml"),
      script: undefined,
      state: this.state,
      isReplay,
      save: async (state) => {
        this.state = structuredClone(JSON.parse(JSON.stringify(state)) as TrackerState);
      },
      post: (event) => this.post(event),
      warn: (message) => {
        if (!this.warnings.includes(message)) this.warnings.push(message);
      },
    };
    const { projectName = "proj", options = {} } = this.#options;
    const tracker = new ClearMLTracker({ projectName, loggingDir: undefined, options, run });
    await tracker.start();
    return tracker;
  }

  /** As the hub does: the state is saved once the events are delivered. */
  async deliver(
    tracker: ClearMLTracker,
    from = 0,
    to: number = this.journal.length,
  ): Promise<void> {
    await tracker.deliver(this.journal.slice(from, to), AbortSignal.timeout(20_000));
    this.state = JSON.parse(JSON.stringify(tracker.state())) as TrackerState;
    this.delivered = to;
  }
}
