import { CHARACTERS_PER_CELL, readText, writeText } from "./shared-text.ts";
import { type HostRequest, REQUESTS } from "./supervision.ts";

/** Cells of the barrier and of the end of the group; the rest is laid out by `ControlBlock`. */
export const ROUND = 0; // barriers completed, times `ONE_ROUND`, and the bits `LEFT` and `ENDED`
export const ARRIVED = 1; // ranks waiting in the current round
export const DEAD = 2; // 0, or why the group ended: one of the REASON values
/** What a completed barrier adds to `ROUND`. */
export const ONE_ROUND = 4;
/** Set in `ROUND` once a rank has left the group: waiters sleep on that cell, so this wakes them. */
export const LEFT = 1;
/** The same once the group has ended. */
export const ENDED = 2;
/** 1 once a script has said that it saves checkpoints. */
const ACCEPTS = 3;
/** What the host asks, and what rank 0 has announced to all and in which collective: see `SharedSupervision`. */
const REQUESTED = 4;
const ANNOUNCED = 5;
const ANNOUNCED_AT = 6;
/** How often the host has asked where the ranks stand. */
export const ASKED = 7;
/** 1 once all ranks of another host have left: nothing that all hosts do can be done any more. */
const HOST_LEFT = 8;
const MESSAGE_CELL = 9;
const MESSAGE_CELLS = 512;
const ARRIVALS_CELL = MESSAGE_CELL + MESSAGE_CELLS;
/** Cells of each rank there: barriers reached, whether it has left. */
const CELLS_PER_RANK = 2;
export const HEADER_CELLS = 64;
/**
 * Two headers per rank: a fast rank writes the header of its next operation while a slow rank still compares this
 * one.
 */
const HEADER_SETS = 2;

/** `lost`: a host of the run does not answer any more. */
export const REASON = { aborted: 1, timeout: 2, lost: 3 } as const;
export type Reason = (typeof REASON)[keyof typeof REASON];

/** Some thread is about to write the reason. */
const CLAIMED = -1;

/** What a rank is about to do. All ranks must agree on everything but `sizeBytes`. */
export type Header = {
  readonly operation: number;
  /** Elements; 0 for objects. */
  readonly count: number;
  readonly dtype: number;
  /** Reduce operation, or the rank that broadcasts. */
  readonly parameter: number;
  /** What this rank contributes; may differ for objects. */
  readonly sizeBytes: number;
  /** The name of the call in the public API. */
  readonly call: string;
};

const NUMBERS = ["operation", "count", "dtype", "parameter", "sizeBytes"] as const;
const SIZE_OFFSET = NUMBERS.length - 1; // the last one, so that the others compare in one go
const TEXT_OFFSET = NUMBERS.length;

/** Bytes of a control block for `worldSize` ranks. */
export function controlBytes(worldSize: number): number {
  const cells = ARRIVALS_CELL + CELLS_PER_RANK * worldSize + HEADER_SETS * worldSize * HEADER_CELLS;
  return cells * Int32Array.BYTES_PER_ELEMENT;
}

/**
 * Shared memory in which every rank writes what it is about to do and how many barriers it has reached, and in which
 * the end of the group and its reason are stored.
 */
export class ControlBlock {
  readonly cells: Int32Array;
  readonly #worldSize: number;
  #set = 0;

  constructor(buffer: SharedArrayBuffer, worldSize: number) {
    this.cells = new Int32Array(buffer);
    this.#worldSize = worldSize;
  }

  /** Starts the next operation of `rank`. The calls below read its header until the next `writeHeader`. */
  writeHeader(rank: number, header: Header): void {
    this.#set = (this.#set + 1) % HEADER_SETS;
    const start = this.#headerCell(rank);
    for (const [index, key] of NUMBERS.entries()) this.cells[start + index] = header[key];
    writeText(this.cells, start + TEXT_OFFSET, HEADER_CELLS - TEXT_OFFSET, header.call);
  }

  readHeader(rank: number): Header {
    return this.headerOf(rank, this.#set);
  }

  /** Which of the two headers of a rank the last `writeHeader` has written. */
  get headerSet(): number {
    return this.#set;
  }

  /** For a thread that writes no headers: which of them the calls below read. */
  readHeadersOf(set: number): void {
    this.#set = set;
  }

  /** The cells of the headers of ranks that follow each other. */
  headerCells(rank: number, ranks: number): Int32Array {
    const start = this.#headerCell(rank);
    return this.cells.subarray(start, start + ranks * HEADER_CELLS);
  }

  /** A header of a rank that other threads may be writing. */
  headerOf(rank: number, set: number): Header {
    const start = this.#headerCell(rank, set);
    const [operation = 0, count = 0, dtype = 0, parameter = 0, sizeBytes = 0] =
      this.cells.subarray(start);
    return {
      operation,
      count,
      dtype,
      parameter,
      sizeBytes,
      call: readText(this.cells, start + TEXT_OFFSET),
    };
  }

  /** Whether two ranks are about to do the same; cheaper than reading both. */
  sameHeader(a: number, b: number): boolean {
    const [startA, startB] = [this.#headerCell(a), this.#headerCell(b)];
    const textCells = 1 + Math.ceil((this.cells[startA + TEXT_OFFSET] ?? 0) / CHARACTERS_PER_CELL);
    for (let i = 0; i < TEXT_OFFSET + textCells; i++) {
      if (i !== SIZE_OFFSET && this.cells[startA + i] !== this.cells[startB + i]) return false;
    }
    return true;
  }

  /** Bytes that a rank contributes. */
  headerSize(rank: number): number {
    return this.cells[this.#headerCell(rank) + SIZE_OFFSET] ?? 0;
  }

  /** Counts that a rank has reached one more barrier. */
  countArrival(rank: number): void {
    Atomics.add(this.cells, ARRIVALS_CELL + rank, 1);
  }

  /** Barriers that a rank has reached; wraps around. */
  arrivals(rank: number): number {
    return Atomics.load(this.cells, ARRIVALS_CELL + rank);
  }

  /** A replica saves checkpoints: the host may ask for one. */
  acceptRequests(): void {
    Atomics.store(this.cells, ACCEPTS, 1);
  }

  get acceptsRequests(): boolean {
    return Atomics.load(this.cells, ACCEPTS) !== 0;
  }

  /** Asks the group. A request that has not been taken yet is replaced. */
  request(request: HostRequest): void {
    Atomics.store(this.cells, REQUESTED, 1 + REQUESTS.indexOf(request));
  }

  /** The request of the host, which is then no longer there. */
  takeRequest(): HostRequest | undefined {
    if (Atomics.load(this.cells, REQUESTED) === 0) return undefined; // every collective asks: reading is cheap
    return REQUESTS[Atomics.exchange(this.cells, REQUESTED, 0) - 1];
  }

  /** Rank 0 announces a request; `at` is the number of the collective in which all ranks learn of it. */
  announce(request: HostRequest, at: number): void {
    Atomics.store(this.cells, ANNOUNCED, 1 + REQUESTS.indexOf(request));
    Atomics.store(this.cells, ANNOUNCED_AT, at);
  }

  get announced(): HostRequest | undefined {
    return REQUESTS[Atomics.load(this.cells, ANNOUNCED) - 1];
  }

  get announcedAt(): number {
    return Atomics.load(this.cells, ANNOUNCED_AT);
  }

  /** Wakes every rank that waits, to note the line of the script at which it does. */
  askForSites(): void {
    Atomics.add(this.cells, ASKED, 1);
    Atomics.notify(this.cells, ROUND); // waiters sleep on the round
  }

  /** Marks the group as dead and wakes every waiter. The first reason stays. */
  end(reason: Reason, message: string): void {
    // Other threads read the message once DEAD holds a reason, so it is written first; the claim keeps a second thread from
    // writing.
    if (Atomics.compareExchange(this.cells, DEAD, 0, CLAIMED) === 0) {
      writeText(this.cells, MESSAGE_CELL, MESSAGE_CELLS, message);
      Atomics.store(this.cells, DEAD, reason);
    }
    Atomics.or(this.cells, ROUND, ENDED);
    Atomics.notify(this.cells, ROUND);
  }

  /** A rank makes no more calls; wakes every waiter. */
  leave(rank: number): void {
    Atomics.store(this.cells, ARRIVALS_CELL + this.#worldSize + rank, 1);
    Atomics.or(this.cells, ROUND, LEFT);
    Atomics.notify(this.cells, ROUND);
  }

  /** Whether a rank makes no more calls. */
  hasLeft(rank: number): boolean {
    return Atomics.load(this.cells, ARRIVALS_CELL + this.#worldSize + rank) !== 0;
  }

  /** All these ranks, of another host, make no more calls. */
  leaveTogether(ranks: readonly number[]): void {
    for (const rank of ranks) this.leave(rank);
    Atomics.store(this.cells, HOST_LEFT, 1);
  }

  get hasOtherHostLeft(): boolean {
    return Atomics.load(this.cells, HOST_LEFT) !== 0;
  }

  get isDead(): boolean {
    return Atomics.load(this.cells, DEAD) !== 0;
  }

  /** Why the group ended. Only for a dead one. */
  ending(): { readonly reason: number; readonly message: string } {
    while (Atomics.load(this.cells, DEAD) === CLAIMED); // the message is being written: microseconds
    return { reason: Atomics.load(this.cells, DEAD), message: readText(this.cells, MESSAGE_CELL) };
  }

  #headerCell(rank: number, set = this.#set): number {
    const headers = ARRIVALS_CELL + CELLS_PER_RANK * this.#worldSize;
    return headers + (set * this.#worldSize + rank) * HEADER_CELLS;
  }
}
