import { setImmediate as nextTurn } from "node:timers/promises";
import type { DeliveryCursor } from "../../journal/delivery-cursor.ts";
import type { PlacedEntry } from "../../journal/journal-reader.ts";
import type { JournalEntry } from "../../journal/journal-record.ts";
import { pause } from "../../pause.ts";
import type { GeneralTracker } from "../../tracker-contract/general-tracker.ts";
import type { DeliveredEvent, TrackerReport } from "../../tracker-contract/tracker-event.ts";
import type { TrackerState } from "../../tracker-contract/tracker-options.ts";
import type { TrackerUnreachableError } from "../../tracker-contract/tracker-unreachable-error.ts";
import { backoffMs } from "./backoff.ts";
import {
  DeliveryProgress,
  type DeliveryProgressOptions,
  safeMessageOf,
} from "./delivery-progress.ts";
import type { EntrySource, ReadLimits } from "./event-log.ts";
import { type ArtifactPlace, addressed, ownEvent } from "./own-event.ts";
import { recordEvent } from "./record-event.ts";
import type { RepeatedValues } from "./repeated-values.ts";

/** The most events and bytes that one `deliver` receives. */
export const BATCH: ReadLimits = { limit: 500, limitBytes: 1024 * 1024 };

/** A tracker that writes files itself gives way to the journal of this thread after so long, also within a batch. */
const TURN_MS = 5;
/** Time for a delivery to stop after its signal aborts. */
const GRACE_MS = 1000;

export type ChannelOptions = ArtifactPlace &
  DeliveryProgressOptions & {
    readonly source: EntrySource;
    /** In a run that goes on from a checkpoint: values that were logged before. */
    readonly repeated?: RepeatedValues;
    /** Where undelivered events are kept; part of the warning. */
    readonly keptIn?: string;
  };

/**
 * One tracker behind its error boundary. It receives the entries of the run in order. An event that fails is counted,
 * and the first failure gives a warning; nothing is thrown. Delivery to a service that does not answer is tried again
 * until the run ends.
 */
export class TrackerChannel {
  readonly tracker: GeneralTracker;
  readonly #options: ChannelOptions;
  readonly #abort = new AbortController();
  readonly #progress: DeliveryProgress;
  #isStarted = false;
  /** It could not be started, and never will in this process. */
  #isBroken = false;
  /** The time limit of the end of the run, once it has come. */
  #limit: AbortSignal | undefined;
  #loop: Promise<void> = Promise.resolve();
  /** The reason why nothing more is delivered in this process. */
  #obstacle: string | undefined;
  #warned = false;

  constructor(tracker: GeneralTracker, options: ChannelOptions) {
    this.tracker = tracker;
    this.#options = options;
    this.#progress = new DeliveryProgress(tracker, options);
  }

  get cursor(): DeliveryCursor {
    return this.#progress.cursor;
  }

  /** Starts the tracker and then passes it everything that is logged. Resolves when it has started or failed. */
  async start(): Promise<void> {
    try {
      await this.#begin();
    } catch (error) {
      this.#setObstacle(error);
    }
    this.#loop = this.#run();
  }

  /** Saves the tracker's state, during a delivery. @throws {TrackerUnreachableError} if it cannot be saved now. */
  saveState(state: TrackerState): Promise<void> {
    return this.#progress.saveState(state);
  }

  /** Resolves once the tracker has got everything before an entry; not one that cannot take anything now. */
  async reach(sequence: number): Promise<void> {
    while (this.cursor.sequence < sequence && !this.#isBroken && this.#obstacle === undefined) {
      if (this.#abort.signal.aborted || this.cursor.isComplete) return;
      await this.#progress.changed();
    }
  }

  /**
   * Waits until the tracker has everything.
   *
   * @param limit aborts at the time limit of services. Trackers that write files themselves need none, unless they cannot.
   */
  async finish(limit: AbortSignal): Promise<TrackerReport> {
    this.#limit = limit;
    const stop = (): void => {
      if (this.tracker.deliver || this.#obstacle !== undefined) this.#abort.abort();
    };
    if (limit.aborted) stop();
    else limit.addEventListener("abort", stop, { once: true });
    await Promise.race([this.#loop, this.#isGivenUp()]);
    limit.removeEventListener("abort", stop);
    const { delivered, failed, firstError, sequence, isComplete } = this.cursor;
    return {
      ...{ name: this.tracker.name, delivered, failed, sequence, isComplete },
      delivers: this.tracker.deliver !== undefined,
      ...(firstError === undefined ? {} : { firstError }),
      ...(this.#obstacle === undefined ? {} : { obstacle: this.#obstacle }),
    };
  }

  /** Resolves some time after the signal has aborted: a delivery that does not stop is no longer waited for. */
  async #isGivenUp(): Promise<void> {
    const { signal } = this.#abort;
    if (!signal.aborted) {
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    }
    await new Promise((resolve) => setTimeout(resolve, GRACE_MS).unref());
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    let attempts = 0;
    while (!signal.aborted && !this.cursor.isComplete && !this.#isStuck) {
      const entries = await this.#options.source.read(this.cursor, BATCH, signal);
      if (entries.length === 0) return;
      try {
        await this.#begin();
        if (this.#isStuck) return;
        await this.#take(entries);
        attempts = 0;
        this.#obstacle = undefined;
        await nextTurn(); // the journal of this thread comes first, also where a tracker is slow
      } catch (error) {
        if (signal.aborted) return; // aborted by us, not a failure of the service
        this.#setObstacle(error);
        const { retryAfterMs, permanent } = error as TrackerUnreachableError;
        if (permanent || this.#limit?.aborted) return;
        attempts += 1;
        await pause(backoffMs(attempts, retryAfterMs), signal, { ref: false });
      }
    }
  }

  /** Starts the tracker, once. @throws {TrackerUnreachableError} if it cannot now, and may later. */
  async #begin(): Promise<void> {
    if (this.#isStarted || this.#isBroken) return;
    try {
      await this.tracker.start();
      this.#isStarted = true;
    } catch (error) {
      if (isUnreachable(error)) throw error;
      this.#isBroken = true;
      await this.#progress.fail("start", error, 0);
      if (this.tracker.deliver) this.#obstacle = withoutStop(safeMessageOf(error));
    }
  }

  /** Events that cannot be delivered to a service stay in the journal. */
  get #isStuck(): boolean {
    return this.#isBroken && this.tracker.deliver !== undefined;
  }

  /** @throws {TrackerUnreachableError} if the service does not answer; the cursor says how far it got. */
  async #take(entries: readonly PlacedEntry[]): Promise<void> {
    const { deliver } = this.tracker;
    if (!deliver) {
      let since = performance.now();
      for (const placed of entries) {
        await this.#takeOne(placed);
        if (performance.now() - since < TURN_MS) continue;
        await nextTurn();
        since = performance.now();
      }
      return;
    }
    const last = entries.at(-1) as PlacedEntry;
    if (last.entry.type !== "finish" || !this.#isEnd(last.entry))
      return await this.#deliver(entries);
    if (entries.length > 1) await this.#deliver(entries.slice(0, -1));
    await this.close(last.entry.status, last);
  }

  /** Passes one entry to a tracker without `deliver`. */
  async #takeOne(placed: PlacedEntry): Promise<void> {
    const { entry } = placed;
    try {
      if (entry.type === "finish" && this.#isEnd(entry)) {
        if (this.#isStarted) await this.tracker.finish(entry.status);
        await this.#progress.advance(placed, { isComplete: true });
        return;
      }
      const event = this.#ownEvent(entry);
      if (event) {
        if (!this.#isStarted) throw new Error("it could not be started");
        await recordEvent(this.tracker, await addressed(event, this.tracker.name, this.#options));
        await this.#progress.advance(placed, { delivered: this.cursor.delivered + 1 });
      } else {
        await this.#progress.advance(placed, {});
      }
    } catch (error) {
      if (isUnreachable(error)) throw error;
      await this.#progress.fail(entry.type, error, 1, placed);
    }
  }

  async #deliver(entries: readonly PlacedEntry[]): Promise<void> {
    const mine = entries.flatMap(({ entry }) => this.#ownEvent(entry) ?? []);
    const last = entries.at(-1) as PlacedEntry;
    try {
      const events = await Promise.all(
        mine.map((event) => addressed(event, this.tracker.name, this.#options)),
      );
      if (events.length > 0) await this.tracker.deliver?.(events, this.#abort.signal);
      await this.#progress.advance(last, { delivered: this.cursor.delivered + events.length });
    } catch (error) {
      if (isUnreachable(error) || this.#abort.signal.aborted) throw error;
      if (entries.length === 1) return await this.#progress.fail(last.entry.type, error, 1, last);
      // One event makes the whole batch fail: bisection finds it in few steps.
      const middle = Math.ceil(entries.length / 2);
      await this.#deliver(entries.slice(0, middle));
      await this.#deliver(entries.slice(middle));
    }
  }

  /**
   * Closes the run of the tracker.
   *
   * @param placed the entry with the end of the run; none if the process was killed before it was written.
   */
  async close(status: "success" | "failure", placed?: PlacedEntry): Promise<void> {
    try {
      await this.tracker.finish(status);
      await this.#progress.advance(placed, { isComplete: true });
    } catch (error) {
      if (isUnreachable(error) || this.#abort.signal.aborted) throw error;
      await this.#progress.fail("finish", error, 1, placed);
    }
  }

  #setObstacle(error: unknown): void {
    this.#obstacle = withoutStop(safeMessageOf(error));
    this.#progress.wake();
    if (this.#warned) return;
    this.#warned = true;
    const { keptIn, warn } = this.#options;
    const where = keptIn === undefined ? "" : `; what is logged is kept in ${keptIn}`;
    warn(
      `The tracker "${this.tracker.name}" cannot deliver now: ${this.#obstacle}. Training goes on${where}.`,
    );
  }

  /** Whether the run ends there: a run that went on from a checkpoint has an earlier end too. */
  #isEnd({ sequence }: JournalEntry): boolean {
    return sequence >= (this.cursor.superseded.at(-1)?.to ?? 0);
  }

  #ownEvent(entry: JournalEntry): DeliveredEvent | undefined {
    return ownEvent(entry, this.tracker, this.cursor, this.#options.repeated);
  }
}

/** By name: another copy of this package may have made it. */
function isUnreachable(error: unknown): boolean {
  return error instanceof Error && error.name === "TrackerUnreachableError";
}

/** As a part of a sentence: many messages are whole ones. */
function withoutStop(message: string): string {
  return message.replace(/\.$/, "");
}
