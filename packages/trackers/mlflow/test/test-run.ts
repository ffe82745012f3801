import { createHash } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DeliveredEvent, TrackerEvent, TrackerState } from "@acc/core";
import type { MlflowOptions } from "../src/mlflow-options.ts";
import { MlflowTracker } from "../src/mlflow-tracker.ts";

export const START_MS = 1_700_000_000_000;

/** What `TrackerEvent` is without its place, spelled so that each kind keeps its members. */
type WithoutSequence<T> = T extends unknown ? Omit<T, "sequence"> : never;

/** A recording as the hub keeps it: events in order, the state saved last. Trackers come and go. */
export class TestRun {
  readonly id: string;
  readonly folder = mkdtempSync(join(tmpdir(), "acc-mlflow-"));
  readonly events: DeliveredEvent[] = [];
  readonly warnings: string[] = [];
  state: TrackerState | undefined;
  #delivered = 0;

  constructor(name: string) {
    this.id = createHash("sha256")
      .update(`${name} ${process.pid} ${Date.now()}`)
      .digest("hex")
      .slice(0, 32);
  }

  /** A tracker as the next process makes it, from what was saved last. */
  async open(
    options: MlflowOptions,
    {
      projectName = "project",
      isReplay = false,
    }: { projectName?: string; isReplay?: boolean } = {},
  ): Promise<MlflowTracker> {
    const tracker = new MlflowTracker(projectName, options, {
      id: this.id,
      startedMs: START_MS,
      folder: this.folder,
      script: join(this.folder, "train.ts"),
      state: this.state,
      isReplay,
      save: async (state) => this.#save(state),
      post: (event) => this.post(event),
      warn: (message) => {
        if (!this.warnings.includes(message)) this.warnings.push(message);
      },
    });
    await tracker.start();
    return tracker;
  }

  post(event: TrackerEvent): void {
    this.events.push({ ...event, sequence: this.events.length });
  }

  /** Logs at a time of its own, as the hub stamps it. */
  log(event: WithoutSequence<DeliveredEvent>, step?: number): void {
    const context = {
      wallTimeMs: START_MS + 10 * this.events.length,
      ...("context" in event ? event.context : {}),
      ...(step === undefined ? {} : { step }),
    };
    this.post({ ...event, context } as TrackerEvent);
  }

  /** Delivers what is not marked delivered, and marks it. */
  async deliver(tracker: MlflowTracker, signal = AbortSignal.timeout(60_000)): Promise<void> {
    const events = this.events.slice(this.#delivered);
    await tracker.deliver(events, signal);
    this.#delivered += events.length;
    this.#save(tracker.state());
  }

  #save(state: TrackerState): void {
    this.state = JSON.parse(JSON.stringify(state)) as TrackerState;
  }
}
