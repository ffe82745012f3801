import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GeneralTracker } from "../trackers/general-tracker.ts";
import type { DeliveredEvent, TrackerEvent } from "../trackers/tracker-event.ts";
import type { TrackerState } from "../trackers/tracker-options.ts";
import type { TrackerRun } from "../trackers/tracker-plugin.ts";

export type TestRunOptions = {
  /** 32 hexadecimal digits. Default: those of no other run of this process. */
  readonly id?: string;
  /** Milliseconds since 1970. Default 1 700 000 000 000. */
  readonly startedMs?: number;
  /** Folder for the files of the test; made if it is not given. */
  readonly folder?: string;
  /** What was saved by an earlier process. */
  readonly state?: TrackerState | undefined;
};

export type TestDelivery = {
  /** First event, by its sequence. Default: the first that is not marked as delivered. */
  readonly from?: number;
  /** The event behind the last. Default: all there are. */
  readonly to?: number;
  /** How many events at a time. Default: all at once. */
  readonly portion?: number;
  /** Ends each portion. Default: after a minute. */
  readonly signal?: AbortSignal;
};

/**
 * Drives a tracker without a hub, step by step: post, deliver, save; a tracker of another process that goes on from what
 * was saved; a delivery that is repeated from an earlier state.
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
  /** What trackers told the user, each message once. */
  readonly warnings: string[] = [];
  /** How many events are marked as delivered. */
  delivered = 0;
  /** As a file holds it: nothing but JSON gets through. */
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

  /** What the file of the state would hold. */
  get stateText(): string {
    return this.#state ?? "";
  }

  post(...events: readonly TrackerEvent[]): void {
    for (const event of events) this.events.push({ ...event, sequence: this.events.length });
  }

  /** What the tracker of a new process sees: the state saved until now. */
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
   * As the hub does: hands copies over, then saves the state and marks the events as delivered. Calls the tracker once
   * if there is nothing to deliver, too.
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
