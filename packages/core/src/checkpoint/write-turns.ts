import { setTimeout as sleep } from "node:timers/promises";
import type { Collective } from "../collective/collective.ts";
import { AcceleratorError } from "../errors.ts";
import { errorOf, type Fault, faultOf } from "../fault.ts";
import { bytesOf } from "./entry.ts";

/** Cells of the group that tell the other ranks what rank 0 has written. */
export const CELLS = { saveAt: 0, finished: 1, faultBytes: 2, faultText: 8 } as const;

/** How often the other ranks look whether rank 0 has written. */
const POLL_MS = 20;

/** The writes of a group, one after the other: rank 0 makes them, and every rank can wait for them. */
export class WriteTurns {
  readonly #cells: Int32Array;
  readonly #isWriter: boolean;
  #turn = 0;
  /** The last turn of which this rank knows how it ended. */
  #ended = 0;
  /** Why turns have failed. A promise may be awaited long after its turn. */
  readonly #faults = new Map<number, Fault>();
  /** On the writer: the write under way, or the last one. */
  #current: Promise<void> = Promise.resolve();
  #isBusy = false;

  constructor({ cells, rank }: Collective) {
    this.#cells = cells;
    this.#isWriter = rank === 0;
  }

  /** On the writer: whether a write is under way. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** The write under way is over; never rejects. Only the writer waits. */
  async idle(): Promise<void> {
    await this.#current.catch(() => {});
  }

  /** The outcome of the last turn, on the writer, once it is over. */
  get lastFault(): Fault | undefined {
    return this.#faults.get(this.#turn);
  }

  /**
   * Starts the next turn. Every rank calls it after the same meeting.
   *
   * @param previous the outcome of the turn before, from the writer.
   * @param write on the writer only.
   */
  begin(
    previous: Fault | undefined,
    write: (() => Promise<void>) | undefined,
  ): () => Promise<void> {
    this.#note(this.#turn, previous);
    this.#turn += 1;
    const turn = this.#turn;
    if (!this.#isWriter) return () => this.#poll(turn);
    this.#isBusy = true;
    const written = (write as () => Promise<void>)().then(
      () => this.#end(turn, undefined),
      (error: unknown) => {
        const fault = faultOf(error, "CHECKPOINT_FAILED");
        this.#end(turn, fault);
        throw new AcceleratorError(fault.code, fault.message, { cause: error });
      },
    );
    written.catch(() => {}); // the caller may ignore it
    this.#current = written;
    return () => written;
  }

  #end(turn: number, fault: Fault | undefined): void {
    this.#isBusy = false;
    this.#note(turn, fault);
    const text = fault ? Buffer.from(JSON.stringify(fault)) : Buffer.alloc(0);
    const room = bytesOf(this.#cells.subarray(CELLS.faultText));
    const fits = text.byteLength <= room.byteLength;
    const shown =
      fits || !fault
        ? text
        : Buffer.from(JSON.stringify({ code: fault.code, message: "see rank 0" }));
    room.set(shown);
    Atomics.store(this.#cells, CELLS.faultBytes, shown.byteLength);
    Atomics.store(this.#cells, CELLS.finished, turn);
  }

  async #poll(turn: number): Promise<void> {
    while (this.#ended < turn) {
      if (Atomics.load(this.#cells, CELLS.finished) === turn) this.#note(turn, this.#readFault());
      else await sleep(POLL_MS);
    }
    const fault = this.#faults.get(turn);
    if (fault) throw errorOf(fault);
  }

  #note(turn: number, fault: Fault | undefined): void {
    this.#ended = turn;
    if (fault) this.#faults.set(turn, fault);
  }

  #readFault(): Fault | undefined {
    const length = Atomics.load(this.#cells, CELLS.faultBytes);
    if (length === 0) return undefined;
    const text = Buffer.from(bytesOf(this.#cells.subarray(CELLS.faultText)).slice(0, length));
    return JSON.parse(text.toString()) as Fault;
  }
}
