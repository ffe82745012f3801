import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GeneralTracker } from "../tracker-contract/general-tracker.ts";
import type { MonitorEvent } from "../tracker-contract/monitoring.ts";
import type { DeliveredEvent, TrackerEvent } from "../tracker-contract/tracker-event.ts";
import type { TrackerState } from "../tracker-contract/tracker-options.ts";
import type { TrackerRun } from "../tracker-contract/tracker-plugin.ts";

export type TestRunOptions = {
  /** 32 hexadecimal digits. Default: unique within this process. */
  readonly id?: string;
  /** Milliseconds since 1970. Default 1 700 000 000 000. */
  readonly startedMs?: number;
  /** Folder for the files of the test; made if it is not given. */
  readonly folder?: string;
  /** State saved by an earlier process. */
  readonly state?: TrackerState | undefined;
};

export type TestDelivery = {
  /** First event, by its sequence. Default: the first that is not marked as delivered. */
  readonly from?: number;
  /** The sequence after the last event. Default: all events. */
  readonly to?: number;
  /** Number of events per batch. Default: all at once. */
  readonly portion?: number;
  /** Signal of each batch. Default: aborts after a minute. */
  readonly signal?: AbortSignal;
};

/**
 * Drives a tracker without a hub, step by step: post, deliver, save. It can also attach a tracker of another process
 * that continues from the saved state, and repeat a delivery from an earlier state.
 *
 * ```ts
 * const run = new TestRun();
 * const tracker = new MyTracker({ ...creation, run: run.attach() });
 * await tracker.start();
 * tracker.log({ loss: 1 });
 * await run.deliver(tracker);
 * const next = new MyTracker({ ...creation, run: run.attach({ isReplay: true }) });
 * ```
 */
export class TestRun {
  readonly id: string;
  readonly startedMs: number;
  readonly folder: string;
  /** Everything posted, in order. */
  readonly events: DeliveredEvent[] = [];
  /** The warnings of trackers, each message once. */
  readonly warnings: string[] = [];
  /** How many events are marked as delivered. */
  delivered = 0;
  /** As a file stores it: only JSON is kept. */
  #state: string | undefined;

  constructor({ id, startedMs = 1_700_000_000_000, folder, state }: TestRunOptions = {}) {
    this.id = id ?? crypto.randomUUID().replaceAll("-", "");
    this.startedMs = startedMs;
    this.folder = folder ?? mkdtempSync(join(tmpdir(), "acc-test-run-"));
    this.state = state;
  }

  /** A copy of what was saved last. Set it to an earlier one, as if nothing had been saved since. */
  get state(): TrackerState | undefined {
    return this.#state === undefined ? undefined : JSON.parse(this.#state);
  }

  set state(state: TrackerState | undefined) {
    this.#state = state === undefined ? undefined : JSON.stringify(state);
  }

  /** What the file with the state would contain. */
  get stateText(): string {
    return this.#state ?? "";
  }

  post(...events: readonly (TrackerEvent | MonitorEvent)[]): void {
    for (const event of events) this.events.push({ ...event, sequence: this.events.length });
  }

  /** The run as the tracker of a new process sees it: with the state saved until now. */
  attach({ isReplay = false }: { readonly isReplay?: boolean } = {}): TrackerRun {
    return {
      id: this.id,
      startedMs: this.startedMs,
      folder: join(this.folder, "run"),
      script: undefined,
      state: this.state,
      isReplay,
      save: async (state) => {
        this.state = state;
      },
      post: (event) => this.post(event),
      warn: (message) => {
        if (!this.warnings.includes(message)) this.warnings.push(message);
      },
    };
  }

  /**
   * Does what the hub does: passes copies to the tracker, then saves the state and marks the events as delivered.
   * Also calls the tracker once if there is nothing to deliver.
   */
  async deliver(
    tracker: GeneralTracker,
    {
      from = this.delivered,
      to = this.events.length,
      portion = Number.POSITIVE_INFINITY,
      signal,
    }: TestDelivery = {},
  ): Promise<void> {
    let at = from;
    do {
      const end = Math.min(at + portion, to);
      const events = structuredClone(this.events.slice(at, end));
      await tracker.deliver?.(events, signal ?? AbortSignal.timeout(60_000));
      at = end;
      this.delivered = at;
      this.state = tracker.state?.();
    } while (at < to);
  }
}
