import { resolve } from "node:path";
import { messageOf } from "../errors.ts";
import { type DeliveryCursor, START } from "../journal/delivery-cursor.ts";
import type { PlacedEntry } from "../journal/journal-reader.ts";
import { backoffMs, pause } from "./backoff.ts";
import type { EntrySource } from "./event-log.ts";
import type { GeneralTracker } from "./general-tracker.ts";
import { recordEvent } from "./record-event.ts";
import type { DeliveredEvent, TrackerReport } from "./tracker-event.ts";
import type { TrackerState } from "./tracker-options.ts";
import type { TrackerUnreachableError } from "./tracker-unreachable-error.ts";

/** Most that one `deliver` gets. */
const BATCH = { limit: 500, limitBytes: 1024 * 1024 };

/** How long a delivery may take to stop when time is up. */
const GRACE_MS = 1000;

export type ChannelOptions = {
  readonly source: EntrySource;
  /** Where an earlier process stopped. */
  readonly cursor?: DeliveryCursor;
  /** Keeps the cursor; left out if nobody could go on from it. */
  readonly saveCursor?: (cursor: DeliveryCursor) => Promise<void>;
  /** Folder that paths of artifacts are relative to. */
  readonly runFolder: string;
  readonly warn: (message: string) => void;
  /** What the user is told where undelivered events are. */
  readonly keptIn?: string;
};

/**
 * One tracker behind its error boundary. It gets the entries of the run in order; an event that it cannot take is
 * counted and warned about once, never thrown. A service that does not answer is tried again until the run ends.
 */
export class TrackerChannel {
  readonly tracker: GeneralTracker;
  readonly #options: ChannelOptions;
  readonly #abort = new AbortController();
  #cursor: DeliveryCursor;
  #isStarted = false;
  #loop: Promise<void> = Promise.resolve();
  /** Why nothing more is delivered in this process. */
  #obstacle: string | undefined;
  #warned = false;

  constructor(tracker: GeneralTracker, options: ChannelOptions) {
    this.tracker = tracker;
    this.#options = options;
    this.#cursor = options.cursor ?? START;
  }

  get cursor(): DeliveryCursor {
    return this.#cursor;
  }

  /** Starts the tracker, and from then on hands it what is logged. Resolves when it has started or failed. */
  async start(): Promise<void> {
    try {
      await this.tracker.start();
      this.#isStarted = true;
    } catch (error) {
      await this.#fail("start", error, 0);
      // What a tracker of a service did not get stays in the journal.
      if (this.tracker.deliver) this.#obstacle = messageOf(error);
    }
    if (this.#obstacle === undefined) this.#loop = this.#run();
  }

  /** Saves what the tracker wants kept, within a delivery. @throws {Error} of the file system. */
  async saveState(state: TrackerState): Promise<void> {
    this.#cursor = { ...this.#cursor, state };
    await this.#options.saveCursor?.(this.#cursor);
  }

  /**
   * Waits until the tracker has everything.
   *
   * @param limit aborts when a service has had its time; trackers that write files themselves need none.
   */
  async finish(limit: AbortSignal): Promise<TrackerReport> {
    const stop = (): void => this.#abort.abort();
    if (limit.aborted && this.tracker.deliver) stop();
    else if (this.tracker.deliver) limit.addEventListener("abort", stop, { once: true });
    await Promise.race([this.#loop, this.#isGivenUp()]);
    limit.removeEventListener("abort", stop);
    const { delivered, failed, firstError, sequence, isComplete } = this.#cursor;
    return {
      ...{ name: this.tracker.name, delivered, failed, sequence, isComplete },
      ...(firstError === undefined ? {} : { firstError }),
      ...(this.#obstacle === undefined ? {} : { obstacle: this.#obstacle }),
    };
  }

  /** Resolves when time has been up for a while: a delivery that does not stop by itself is left alone. */
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
    while (!signal.aborted && !this.#cursor.isComplete) {
      const entries = await this.#options.source.read(this.#cursor, BATCH, signal);
      if (entries.length === 0) return;
      try {
        await this.#take(entries);
        attempts = 0;
        this.#obstacle = undefined;
      } catch (error) {
        if (signal.aborted) return; // broken off here, which says nothing about the service
        const { retryAfterMs, permanent } = error as TrackerUnreachableError;
        this.#obstacle = messageOf(error);
        this.#warnOfObstacle();
        if (permanent) return;
        attempts += 1;
        await pause(backoffMs(attempts, retryAfterMs), signal);
      }
    }
  }

  /** @throws {TrackerUnreachableError} if the service does not answer; the cursor says how far it got. */
  async #take(entries: readonly PlacedEntry[]): Promise<void> {
    const { deliver } = this.tracker;
    if (!deliver) {
      for (const placed of entries) await this.#takeOne(placed);
      return;
    }
    const last = entries.at(-1) as PlacedEntry;
    if (last.entry.type !== "finish") return await this.#deliver(entries);
    if (entries.length > 1) await this.#deliver(entries.slice(0, -1));
    await this.close(last.entry.status, last);
  }

  /** Hands over one entry to a tracker that takes calls. */
  async #takeOne(placed: PlacedEntry): Promise<void> {
    const { entry } = placed;
    try {
      if (entry.type === "finish") {
        if (this.#isStarted) await this.tracker.finish(entry.status);
        await this.#advance(placed, { isComplete: true });
        return;
      }
      if (this.#isMine(entry)) {
        if (!this.#isStarted) throw new Error("it could not be started");
        await recordEvent(this.tracker, this.#addressed(entry));
        await this.#advance(placed, { delivered: this.#cursor.delivered + 1 });
      } else {
        await this.#advance(placed, {});
      }
    } catch (error) {
      await this.#fail(entry.type, error, 1, placed);
    }
  }

  async #deliver(entries: readonly PlacedEntry[]): Promise<void> {
    const events = entries
      .map(({ entry }) => entry as DeliveredEvent)
      .filter((event) => this.#isMine(event))
      .map((event) => this.#addressed(event));
    const last = entries.at(-1) as PlacedEntry;
    try {
      if (events.length > 0) await this.tracker.deliver?.(events, this.#abort.signal);
      await this.#advance(last, { delivered: this.#cursor.delivered + events.length });
    } catch (error) {
      if (isUnreachable(error) || this.#abort.signal.aborted) throw error;
      if (entries.length === 1) return await this.#fail(last.entry.type, error, 1, last);
      // One event spoils the others: halves find it in few steps.
      const middle = Math.ceil(entries.length / 2);
      await this.#deliver(entries.slice(0, middle));
      await this.#deliver(entries.slice(middle));
    }
  }

  /**
   * Closes the run of the tracker.
   *
   * @param placed the entry that says so; none if the process was killed before it could.
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
    if (!this.tracker.deliver && !cursor.isComplete) return;
    // On a full disk the older cursor stays: what is delivered again comes to the same as once.
    await this.#options.saveCursor?.(cursor).catch(() => {});
  }

  /** Counts calls that failed, and warns of the first. */
  async #fail(what: string, error: unknown, calls: number, placed?: PlacedEntry): Promise<void> {
    const firstError = this.#cursor.firstError ?? `${what}: ${messageOf(error)}`;
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

  #warnOfObstacle(): void {
    if (this.#warned) return;
    this.#warned = true;
    const { keptIn, warn } = this.#options;
    const where = keptIn === undefined ? "" : `; what is logged is kept in ${keptIn}`;
    warn(
      `The tracker "${this.tracker.name}" cannot deliver now: ${this.#obstacle}. Training goes on${where}.`,
    );
  }

  #isMine(event: DeliveredEvent): boolean {
    return event.target === undefined || event.target === this.tracker.name;
  }

  /** The event as this tracker gets it: with its own options only, and the whole path of an artifact. */
  #addressed({ logOptions, ...event }: DeliveredEvent): DeliveredEvent {
    if (event.type === "config") return event;
    const options = logOptions?.[this.tracker.name];
    const context = options ? { ...event.context, options } : event.context;
    if (event.type !== "artifact") return { ...event, context };
    const path = resolve(this.#options.runFolder, event.artifact.path);
    return { ...event, context, artifact: { ...event.artifact, path } };
  }
}

/** By name: another copy of this package may have made it. */
function isUnreachable(error: unknown): boolean {
  return error instanceof Error && error.name === "TrackerUnreachableError";
}
