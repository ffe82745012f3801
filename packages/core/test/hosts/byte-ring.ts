/** Cells before the bytes: how many bytes were ever written and read, modulo 2³². */
const [WRITTEN, READ] = [0, 1] as const;
const HEAD_BYTES = 16;
const RING_BYTES = 1 << 20;
const FRAME_BYTES = 12;
const LONGEST_FRAGMENT = 64 * 1024;

/** A part of a message; messages of one ring follow each other. */
export type Fragment = {
  readonly tag: number;
  /** Bytes of the whole message. */
  readonly total: number;
  readonly bytes: Uint8Array;
};

/** Messages from one host to another, in shared memory: one thread writes, one reads, none waits. */
export class ByteRing {
  readonly #cells: Int32Array;
  readonly #bytes: Uint8Array;

  constructor(buffer: SharedArrayBuffer) {
    this.#cells = new Int32Array(buffer, 0, 2);
    this.#bytes = new Uint8Array(buffer, HEAD_BYTES);
  }

  static create(): SharedArrayBuffer {
    return new SharedArrayBuffer(HEAD_BYTES + RING_BYTES);
  }

  /** Writes as much of a message as there is room for. @returns bytes of the message. */
  write(tag: number, message: Uint8Array, from: number): number {
    const room = RING_BYTES - this.#filled - FRAME_BYTES;
    const length = Math.min(message.byteLength - from, LONGEST_FRAGMENT, room);
    if (length <= 0) return 0;
    const head = new Uint8Array(Int32Array.of(tag, message.byteLength, length).buffer);
    const at = Atomics.load(this.#cells, WRITTEN) >>> 0;
    this.#put(at, head);
    this.#put(at + FRAME_BYTES, message.subarray(from, from + length));
    Atomics.store(this.#cells, WRITTEN, (at + FRAME_BYTES + length) | 0);
    return length;
  }

  /** The next fragment, if there is one. */
  read(): Fragment | undefined {
    if (this.#filled === 0) return undefined;
    const at = Atomics.load(this.#cells, READ) >>> 0;
    const head = new Int32Array(this.#take(at, FRAME_BYTES).buffer);
    const [tag = 0, total = 0, length = 0] = head;
    const bytes = this.#take(at + FRAME_BYTES, length);
    Atomics.store(this.#cells, READ, (at + FRAME_BYTES + length) | 0);
    return { tag, total, bytes };
  }

  get #filled(): number {
    return (Atomics.load(this.#cells, WRITTEN) - Atomics.load(this.#cells, READ)) >>> 0;
  }

  #put(at: number, bytes: Uint8Array): void {
    const start = at % RING_BYTES;
    const first = bytes.subarray(0, RING_BYTES - start);
    this.#bytes.set(first, start);
    this.#bytes.set(bytes.subarray(first.byteLength), 0);
  }

  #take(at: number, length: number): Uint8Array {
    const start = at % RING_BYTES;
    const taken = new Uint8Array(length);
    const first = this.#bytes.subarray(start, Math.min(start + length, RING_BYTES));
    taken.set(first);
    taken.set(this.#bytes.subarray(0, length - first.byteLength), first.byteLength);
    return taken;
  }
}
