import { setImmediate as nextTurn } from "node:timers/promises";
import { messageOf } from "../../errors.ts";
import { type DeliveryCursor, START } from "../../journal/delivery-cursor.ts";
import type { PlacedEntry } from "../../journal/journal-reader.ts";
import type { JournalEntry } from "../../journal/journal-record.ts";
import { pause } from "../../pause.ts";
import { safeText } from "../../safe-text.ts";
import type { GeneralTracker } from "../../tracker-contract/general-tracker.ts";
import type { DeliveredEvent, TrackerReport } from "../../tracker-contract/tracker-event.ts";
import type { TrackerState } from "../../tracker-contract/tracker-options.ts";
import { TrackerUnreachableError } from "../../tracker-contract/tracker-unreachable-error.ts";
import { backoffMs } from "./backoff.ts";
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

export type ChannelOptions = ArtifactPlace & {
  readonly source: EntrySource;
  /** The position where an earlier process stopped. */
  readonly cursor?: DeliveryCursor;
  /** Saves the cursor; absent if no other process could continue from it. */
  readonly saveCursor?: (cursor: DeliveryCursor) => Promise<void>;
  /** In a run that goes on from a checkpoint: values that were logged before. */
  readonly repeated?: RepeatedValues;
  readonly warn: (message: string) => void;
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
  #cursor: DeliveryCursor;
  #isStarted = false;
  /** It could not be started, and never will in this process. */
  #isBroken = false;
  /** The time limit of the end of the run, once it has come. */
  #limit: AbortSignal | undefined;
  #loop: Promise<void> = Promise.resolve();
  /** The reason why nothing more is delivered in this process. */
  #obstacle: string | undefined;
  #warned = false;
  #onAdvance: (() => void)[] = [];

  constructor(tracker: GeneralTracker, options: ChannelOptions) {
    this.tracker = tracker;
    this.#options = options;
    this.#cursor = options.cursor ?? START;
  }

  get cursor(): DeliveryCursor {
    return this.#cursor;
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

  /** Saves the tracker's state, during a delivery. @throws {Error} of the file system. */
  async saveState(state: TrackerState): Promise<void> {
    this.#cursor = { ...this.#cursor, state };
    try {
      await this.#options.saveCursor?.(this.#cursor);
    } catch (cause) {
      // A full disk is no fault of the events that are delivered: they come again.
      const message = `its state cannot be saved (${messageOf(cause)})`;
      throw new TrackerUnreachableError(message, { cause });
    }
  }

  /** Resolves once the tracker has got everything before an entry; not one that cannot take anything now. */
  async reach(sequence: number): Promise<void> {
    while (this.#cursor.sequence < sequence && !this.#isBroken && this.#obstacle === undefined) {
      if (this.#abort.signal.aborted || this.#cursor.isComplete) return;
      await new Promise<void>((resolve) => {
        this.#onAdvance.push(resolve);
      });
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
    const { delivered, failed, firstError, sequence, isComplete } = this.#cursor;
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
    while (!signal.aborted && !this.#cursor.isComplete && !this.#isStuck) {
      const entries = await this.#options.source.read(this.#cursor, BATCH, signal);
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
      await this.#fail("start", error, 0);
      if (this.tracker.deliver) this.#obstacle = safeMessageOf(error);
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
        await this.#advance(placed, { isComplete: true });
        return;
      }
      const event = this.#ownEvent(entry);
      if (event) {
        if (!this.#isStarted) throw new Error("it could not be started");
        await recordEvent(this.tracker, await addressed(event, this.tracker.name, this.#options));
        await this.#advance(placed, { delivered: this.#cursor.delivered + 1 });
      } else {
        await this.#advance(placed, {});
      }
    } catch (error) {
      if (isUnreachable(error)) throw error;
      await this.#fail(entry.type, error, 1, placed);
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
      await this.#advance(last, { delivered: this.#cursor.delivered + events.length });
    } catch (error) {
      if (isUnreachable(error) || this.#abort.signal.aborted) throw error;
      if (entries.length === 1) return await this.#fail(last.entry.type, error, 1, last);
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
      await this.#advance(placed, { isComplete: true });
    } catch (error) {
      if (isUnreachable(error) || this.#abort.signal.aborted) throw error;
      await this.#fail("finish", error, 1, placed);
    }
  }

  async #advance(placed: PlacedEntry | undefined, change: Partial<DeliveryCursor>): Promise<void> {
    const state = this.tracker.state?.();
    await this.#save({
      ...this.#cursor,
      ...change,
      ...(placed && { sequence: placed.entry.sequence + 1, offset: placed.nextOffset }),
      ...(state === undefined ? {} : { state }),
    });
  }

  async #save(cursor: DeliveryCursor): Promise<void> {
    this.#cursor = cursor;
    this.#wake();
    if (!this.tracker.deliver && !cursor.isComplete) return;
    // On a full disk the older cursor stays. Events are then delivered twice, which is safe: delivery is idempotent.
    await this.#options.saveCursor?.(cursor).catch(() => {});
  }

  /** Counts failed calls, and warns about the first. */
  async #fail(what: string, error: unknown, calls: number, placed?: PlacedEntry): Promise<void> {
    const firstError = this.#cursor.firstError ?? `${what}: ${safeMessageOf(error)}`;
    const isFirst = this.#cursor.firstError === undefined;
    const isComplete = what === "finish";
    const failed = this.#cursor.failed + Math.max(calls, isFirst ? 1 : 0);
    await this.#advance(placed, { failed, firstError, isComplete });
    if (!isFirst) return;
    this.#options.warn(
      `The tracker "${this.tracker.name}" failed (${firstError}). Training goes on; further failures are counted and ` +
        "reported when the run ends.",
    );
  }

  /** Lets those that wait in `reach` look again. */
  #wake(): void {
    const waiting = this.#onAdvance;
    this.#onAdvance = [];
    for (const resolve of waiting) resolve();
  }

  #setObstacle(error: unknown): void {
    this.#obstacle = safeMessageOf(error);
    this.#wake();
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
    return sequence >= (this.#cursor.superseded.at(-1)?.to ?? 0);
  }

  #ownEvent(entry: JournalEntry): DeliveredEvent | undefined {
    return ownEvent(entry, this.tracker, this.#cursor, this.#options.repeated);
  }
}

/** It is shown to people and kept in the cursor. */
function safeMessageOf(error: unknown): string {
  return safeText(messageOf(error));
}

/** By name: another copy of this package may have made it. */
function isUnreachable(error: unknown): boolean {
  return error instanceof Error && error.name === "TrackerUnreachableError";
}
