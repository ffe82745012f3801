import { messageOf } from "../../errors.ts";
import { type DeliveryCursor, START } from "../../journal/delivery-cursor.ts";
import type { PlacedEntry } from "../../journal/journal-reader.ts";
import { safeText } from "../../safe-text.ts";
import type { GeneralTracker } from "../../tracker-contract/general-tracker.ts";
import type { TrackerState } from "../../tracker-contract/tracker-options.ts";
import { TrackerUnreachableError } from "../../tracker-contract/tracker-unreachable-error.ts";

export type DeliveryProgressOptions = {
  /** The position where an earlier process stopped. */
  readonly cursor?: DeliveryCursor;
  /** Saves the cursor; absent if no other process could continue from it. */
  readonly saveCursor?: (cursor: DeliveryCursor) => Promise<void>;
  readonly warn: (message: string) => void;
};

/** How far one tracker has got, what it could not take, and the state that another process needs to go on. */
export class DeliveryProgress {
  readonly #tracker: GeneralTracker;
  readonly #options: DeliveryProgressOptions;
  #cursor: DeliveryCursor;
  #waiting: (() => void)[] = [];

  constructor(tracker: GeneralTracker, options: DeliveryProgressOptions) {
    this.#tracker = tracker;
    this.#options = options;
    this.#cursor = options.cursor ?? START;
  }

  get cursor(): DeliveryCursor {
    return this.#cursor;
  }

  /** Goes on behind an entry, if there is one. */
  async advance(placed: PlacedEntry | undefined, change: Partial<DeliveryCursor>): Promise<void> {
    const state = this.#tracker.state?.();
    this.#cursor = {
      ...this.#cursor,
      ...change,
      ...(placed && { sequence: placed.entry.sequence + 1, offset: placed.nextOffset }),
      ...(state === undefined ? {} : { state }),
    };
    this.wake();
    if (!this.#tracker.deliver && !this.#cursor.isComplete) return;
    // On a full disk the older cursor stays. Events are then delivered twice, which is safe: delivery is idempotent.
    await this.#options.saveCursor?.(this.#cursor).catch(() => {});
  }

  /** Saves the tracker's state, during a delivery. @throws {TrackerUnreachableError} if it cannot be saved now. */
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

  /** Counts failed calls, and warns about the first. @param what the event, or the method of the tracker. */
  async fail(what: string, error: unknown, calls: number, placed?: PlacedEntry): Promise<void> {
    const firstError = this.#cursor.firstError ?? `${what}: ${safeMessageOf(error)}`;
    const isFirst = this.#cursor.firstError === undefined;
    const isComplete = what === "finish";
    const failed = this.#cursor.failed + Math.max(calls, isFirst ? 1 : 0);
    await this.advance(placed, { failed, firstError, isComplete });
    if (!isFirst) return;
    this.#options.warn(
      `The tracker "${this.#tracker.name}" failed (${firstError}). Training goes on; further failures are counted and ` +
        "reported when the run ends.",
    );
  }

  /** Resolves after the next change. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Lets those that wait for a change look again. */
  wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** It is shown to people and kept in the cursor. */
export function safeMessageOf(error: unknown): string {
  return safeText(messageOf(error));
}
