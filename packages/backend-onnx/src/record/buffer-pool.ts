import type { Memory } from "../ort/memory.ts";
import type { Runtime } from "../ort/runtime.ts";

const SMALLEST_CLASS = 64;
/** Larger memories come in multiples of this, smaller ones in powers of two. */
const PAGE = 65536;
/** Idle memory that is always kept, however little is in use. */
const MINIMUM_IDLE_BYTES = 64 * 2 ** 20;

/**
 * Memories for tensors, reused by size. Training frees in every step what it allocated in the last, and
 * fresh memory costs a page fault per 4 KiB.
 */
export class BufferPool {
  readonly #runtime: Runtime;
  readonly #idle = new Map<number, Memory[]>();
  #idleBytes = 0;
  #usedBytes = 0;
  #peakBytes = 0;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Bytes that tensors hold now. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Bytes that are kept for later. */
  get idleBytes(): number {
    return this.#idleBytes;
  }

  /** Memory of at least this size; its content is undefined. */
  take(byteLength: number): Memory {
    const size = sizeClass(byteLength);
    this.#usedBytes += size;
    this.#peakBytes = Math.max(this.#peakBytes, this.#usedBytes);
    const memory = this.#idle.get(size)?.pop();
    if (!memory) return this.#runtime.allocate(size);
    this.#idleBytes -= size;
    return memory;
  }

  give(memory: Memory): void {
    const size = memory.bytes.byteLength;
    this.#usedBytes -= size;
    if (this.#idleBytes + size > Math.max(MINIMUM_IDLE_BYTES, this.#peakBytes)) {
      this.#runtime.forget(memory);
      return;
    }
    this.#idleBytes += size;
    const idle = this.#idle.get(size);
    if (idle) idle.push(memory);
    else this.#idle.set(size, [memory]);
  }

  /** Frees what is kept for later. */
  clear(): void {
    for (const memories of this.#idle.values()) {
      for (const memory of memories) this.#runtime.forget(memory);
    }
    this.#idle.clear();
    this.#idleBytes = 0;
  }
}

function sizeClass(byteLength: number): number {
  if (byteLength > PAGE) return Math.ceil(byteLength / PAGE) * PAGE;
  let size = SMALLEST_CLASS;
  while (size < byteLength) size *= 2;
  return size;
}
