import type { LogValue } from "../tracker-contract/log-value.ts";
import type { PostedEvent } from "../tracker-contract/tracker-event.ts";
import { NameTable } from "./name-table.ts";

/**
 * Events of numbers on their way to another thread, in shared memory: writing one there takes a tenth of the time of a message.
 * All that an event has is a float64: how many of them it is, its place among all events, its weight, its time, its step, then
 * for each value the number of its name and the value. What this cannot hold goes as a message.
 */
export type NumberRing = {
  /** Positions; they only grow, and wrap around as an int32 does. */
  readonly control: Int32Array<SharedArrayBuffer>;
  readonly slots: Float64Array<SharedArrayBuffer>;
};

/** What `read` returns. */
export type RingEvent = { readonly event: PostedEvent; readonly weight: number };

/** Index of the position behind the last event that was written. */
const HEAD = 0;
/** Index of the position of the first event that was not read. */
const TAIL = 1;
/** Index of whether the reader sleeps until it gets a message: 1, or 0. */
const SLEEPS = 2;
const CONTROLS = 3;

/** 256 KiB: room for `MOST_UNWRITTEN` events of five values. A power of two. */
const CAPACITY = 2 ** 15;
const MASK = CAPACITY - 1;
/** Slots of an event in front of its values. */
const HEADER = 5;
/** Slots of a value. */
const PER_VALUE = 2;

export function createNumberRing(): NumberRing {
  const float64 = Float64Array.BYTES_PER_ELEMENT;
  const ring: NumberRing = {
    control: new Int32Array(new SharedArrayBuffer(CONTROLS * Int32Array.BYTES_PER_ELEMENT)),
    slots: new Float64Array(new SharedArrayBuffer(CAPACITY * float64)),
  };
  ring.control[SLEEPS] = 1;
  return ring;
}

/** The end of the thread that logs. */
export class RingWriter {
  readonly #control: NumberRing["control"];
  readonly #slots: NumberRing["slots"];
  readonly #names = new NameTable();
  #head = 0;

  constructor({ control, slots }: NumberRing) {
    this.#control = control;
    this.#slots = slots;
  }

  /** To be told of every event that went as a message, in their order. */
  learn(event: PostedEvent): void {
    this.#names.learn(event);
  }

  /** Whether the reader must be woken by a message; asking counts as doing it. */
  takeSleep(): boolean {
    if (Atomics.load(this.#control, SLEEPS) === 0) return false;
    return Atomics.exchange(this.#control, SLEEPS, 0) === 1;
  }

  /**
   * @param index its place among all events, also those that went as messages.
   * @returns whether it is in the ring; if not, nothing is.
   */
  write(event: PostedEvent, index: number, weight: number): boolean {
    if (event.type !== "metrics" || event.target !== undefined || event.logOptions !== undefined) {
      return false;
    }
    const { values, context } = event;
    const slots = this.#slots;
    const head = this.#head;
    const free = CAPACITY - ((head - Atomics.load(this.#control, TAIL)) | 0);
    const names = Object.keys(values);
    const length = HEADER + names.length * PER_VALUE;
    if (length > free || context.options !== undefined) return false;
    let at = head + HEADER;
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      const id = this.#names.idOf(name);
      const value = values[name];
      if (id === undefined) return false;
      if (typeof value === "number") {
        slots[at & MASK] = id;
        slots[(at + 1) & MASK] = value;
      } else if (typeof value === "boolean") {
        slots[at & MASK] = -1 - id; // says that it is one
        slots[(at + 1) & MASK] = value ? 1 : 0;
      } else return false;
      at += PER_VALUE;
    }
    slots[head & MASK] = length;
    slots[(head + 1) & MASK] = index;
    slots[(head + 2) & MASK] = weight;
    slots[(head + 3) & MASK] = context.wallTimeMs ?? Number.NaN;
    slots[(head + 4) & MASK] = context.step ?? Number.NaN;
    this.#head = (head + length) | 0;
    Atomics.store(this.#control, HEAD, this.#head); // last: a thread that dies before it has written nothing
    return true;
  }
}

/** The end of the thread that has the journal. */
export class RingReader {
  readonly #control: NumberRing["control"];
  readonly #slots: NumberRing["slots"];
  readonly #names = new NameTable();
  #tail = 0;

  constructor({ control, slots }: NumberRing) {
    this.#control = control;
    this.#slots = slots;
  }

  /** As for the writer. */
  learn(event: PostedEvent): void {
    this.#names.learn(event);
  }

  /** From now on the writer sends a message with its next event; one that is in the ring already came without. */
  sleep(): void {
    Atomics.store(this.#control, SLEEPS, 1);
  }

  wake(): void {
    Atomics.store(this.#control, SLEEPS, 0);
  }

  /** The event at this place among all, if it is the next one in the ring. */
  read(index: number): RingEvent | undefined {
    const tail = this.#tail;
    if (tail === Atomics.load(this.#control, HEAD)) return undefined;
    if (this.#at(tail + 1) !== index) return undefined;
    const length = this.#at(tail);
    const weight = this.#at(tail + 2);
    const wallTimeMs = this.#at(tail + 3);
    const step = this.#at(tail + 4);
    const values: { [name: string]: LogValue } = {};
    for (let at = tail + HEADER; at < tail + length; at += PER_VALUE) {
      const id = this.#at(at);
      const value = this.#at(at + 1);
      if (id >= 0) values[this.#names.nameOf(id)] = value;
      else values[this.#names.nameOf(-1 - id)] = value === 1;
    }
    const context = {
      ...(Number.isNaN(wallTimeMs) ? {} : { wallTimeMs }),
      ...(Number.isNaN(step) ? {} : { step }),
    };
    this.#tail = (tail + length) | 0;
    Atomics.store(this.#control, TAIL, this.#tail);
    return { event: { type: "metrics", values, context }, weight };
  }

  #at(position: number): number {
    return this.#slots[position & MASK] as number;
  }
}
