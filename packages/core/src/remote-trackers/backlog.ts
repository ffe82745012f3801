import { MOST_UNWRITTEN } from "../journal/unwritten.ts";

/**
 * What was logged and is not yet in the file of the journal, in shared memory: on its way to the thread that writes, or waiting for
 * the disk there. Its counters wrap around as an int32 does.
 */
export type Backlog = Int32Array<SharedArrayBuffer>;

/** Index of how much the thread has written. */
const WRITTEN = 0;
/** Index of how often it has come forward at all: received or written something. */
const PROGRESS = 1;
/** Index of whether the sender waits: 1, or 0. */
const WAITS = 2;
/** Index of how much must be written before it goes on. */
const GOAL = 3;
/** Index of how often the disk has taken something. */
const TAKEN = 4;
const LENGTH = 5;

/** Longest time that `log` waits for a thread that does not come forward: it died, or the disk takes nothing. */
const LOG_LIMIT_MS = 5000;

export function createBacklog(): Backlog {
  return new Int32Array(new SharedArrayBuffer(LENGTH * Int32Array.BYTES_PER_ELEMENT));
}

/** The end of the thread that logs. */
export class BacklogSender {
  readonly #backlog: Backlog;
  readonly #beforeWaiting: () => void;
  #sent = 0;
  /**
   * How often the disk had taken something when `log` had waited in vain: it does not wait again before the disk takes more. Events
   * that arrive are no reason to: on a full disk every call would wait.
   */
  #stuckAt: number | undefined;

  /** @param beforeWaiting called before this thread blocks: the other one shall take what was sent. */
  constructor(backlog: Backlog, beforeWaiting: () => void) {
    this.#backlog = backlog;
    this.#beforeWaiting = beforeWaiting;
  }

  /** How often the thread has come forward. */
  get progress(): number {
    return Atomics.load(this.#backlog, PROGRESS);
  }

  /**
   * Counts an event that is about to be sent. Blocks this thread while there is no place for it; an event that never has a place
   * waits until it is the only one.
   */
  add(weight: number): void {
    if (this.#unwritten + weight > MOST_UNWRITTEN && this.#unwritten > 0) {
      // Half of the place at once, so that the threads do not wait for each other at every event.
      this.#waitFor(Math.max(0, Math.min(MOST_UNWRITTEN / 2, MOST_UNWRITTEN - weight)));
    }
    this.#sent = (this.#sent + weight) | 0;
  }

  get #unwritten(): number {
    return (this.#sent - (this.#backlog[WRITTEN] as number)) | 0;
  }

  /** Blocks until at most so much is not written. */
  #waitFor(unwritten: number): void {
    const taken = Atomics.load(this.#backlog, TAKEN);
    if (this.#stuckAt === taken) return;
    let seen = this.progress;
    Atomics.store(this.#backlog, GOAL, (this.#sent - unwritten) | 0);
    Atomics.store(this.#backlog, WAITS, 1);
    this.#beforeWaiting();
    while (((this.#sent - Atomics.load(this.#backlog, WRITTEN)) | 0) > unwritten) {
      if (Atomics.wait(this.#backlog, WAITS, 1, LOG_LIMIT_MS) !== "timed-out") break;
      if (this.progress === seen) {
        this.#stuckAt = taken;
        break;
      }
      seen = this.progress;
    }
    Atomics.store(this.#backlog, WAITS, 0);
  }
}

/** The end of the thread that has the journal. */
export class BacklogReceiver {
  readonly #backlog: Backlog;
  #received = 0;
  #written = 0;

  constructor(backlog: Backlog) {
    this.#backlog = backlog;
  }

  /** Counts an event that has arrived; it is not written yet. */
  receive(weight: number): void {
    this.#received = (this.#received + weight) | 0;
    Atomics.add(this.#backlog, PROGRESS, 1);
  }

  /** Counts a write of the journal that the disk has taken. */
  take(): void {
    Atomics.add(this.#backlog, TAKEN, 1);
  }

  /**
   * Gives the sender place for what was written, and wakes it if that is enough.
   *
   * @param unwritten how much of what was received is not written.
   */
  give(unwritten: number): void {
    const written = (this.#received - unwritten) | 0;
    // What was counted as written stays so: on a full disk it is held in memory.
    if (((written - this.#written) | 0) <= 0) return;
    this.#written = written;
    const backlog = this.#backlog;
    Atomics.store(backlog, WRITTEN, written);
    Atomics.add(backlog, PROGRESS, 1);
    if (Atomics.load(backlog, WAITS) === 0) return;
    if (((written - Atomics.load(backlog, GOAL)) | 0) < 0) return;
    Atomics.store(backlog, WAITS, 0);
    Atomics.notify(backlog, WAITS);
  }
}
