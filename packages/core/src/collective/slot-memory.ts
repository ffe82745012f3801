import { AcceleratorError } from "../errors.ts";
import type { NumericArray } from "./collective.ts";
import { FreeRanges } from "./free-ranges.ts";
import { MAX_PAGES } from "./shared-group.ts";

const PAGE_BYTES = 65536;
const ALIGNMENT = 16; // of a SIMD vector
/** The first bytes hold the result of growing the memory, which rank 0 does: 1, or the reason why it failed. */
const OUTCOME_BYTES = ALIGNMENT;
/** Where the first region of a memory begins. */
export const FIRST_ADDRESS: number = OUTCOME_BYTES;
const GROWN = 1;
const REFUSED = 2;

/** A slot per rank of this host, equally spaced; before them one for the ranks of other hosts, if there are any. */
export type Region = {
  /** Address of the first slot. */
  readonly base: number;
  /** Bytes from one slot to the next. */
  readonly stride: number;
  /** Whether it may hold values other than zero. */
  readonly wasUsed: boolean;
};

/** Which slots regions have, for one rank. */
export type SlotPlace = {
  readonly slots: number;
  /** The slot of this rank. */
  readonly slot: number;
  /** Whether this rank grows the memory: one of the host. */
  readonly grows: boolean;
};

/**
 * Allocates regions of the shared memory. Every rank keeps its own record of the allocations, and all records are
 * equal, because all ranks make the same calls; only the memory itself is shared.
 */
export class SlotMemory {
  readonly #memory: WebAssembly.Memory;
  readonly #place: SlotPlace;
  readonly #meet: () => void;
  /** End of the bytes that are or were allocated, counted from the start. */
  #end = OUTCOME_BYTES;
  /** Pages of the memory, according to this rank's record. */
  #pages = 1;
  /** From here on nothing was ever allocated: all zeros. */
  #fresh = OUTCOME_BYTES;
  #usedBytes = 0;
  readonly #free = new FreeRanges();
  #scratch: Region = { base: 0, stride: 0, wasUsed: false };

  /** @param meet waits for all ranks of this host. */
  constructor(memory: WebAssembly.Memory, place: SlotPlace, meet: () => void) {
    this.#memory = memory;
    this.#place = place;
    this.#meet = meet;
  }

  /**
   * Allocates a region until it is released. Its content is undefined. Collective.
   *
   * @throws {AcceleratorError} `SHARED_MEMORY_EXHAUSTED` on every rank if there is not enough left.
   */
  reserve(slotBytes: number): Region {
    const stride = Math.ceil(slotBytes / ALIGNMENT) * ALIGNMENT;
    const size = stride * this.#place.slots;
    const base = this.#free.take(size) ?? this.#extend(size);
    this.#usedBytes += size;
    const wasUsed = base < this.#fresh;
    this.#fresh = Math.max(this.#fresh, base + size);
    return { base, stride, wasUsed };
  }

  /** Frees a region for reuse. Collective: no rank may use it any more. */
  release({ base, stride }: Region): void {
    const size = stride * this.#place.slots;
    this.#usedBytes -= size;
    this.#free.put(base, size);
    this.#end = this.#free.takeLast(this.#end) ?? this.#end;
  }

  /** The region for passing data, at least this large; the next call may return it again. Collective. */
  scratch(slotBytes: number): Region {
    if (slotBytes > this.#scratch.stride) {
      const size = 2 ** Math.ceil(Math.log2(Math.max(slotBytes, PAGE_BYTES)));
      const smaller = this.#scratch;
      this.#scratch = this.reserve(size);
      this.release(smaller);
    }
    return this.#scratch;
  }

  /** This rank's view of a slot; valid as long as the group. */
  view<T extends NumericArray | Uint16Array>(
    region: Region,
    slot: number,
    Type: new (buffer: ArrayBufferLike, byteOffset: number, length: number) => T,
    length: number,
  ): T {
    return new Type(this.#memory.buffer, region.base + slot * region.stride, length);
  }

  /** Copies to this rank's slot. */
  write(region: Region, values: NumericArray): void {
    this.#bytes(region, this.#place.slot, values.byteLength).set(
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    );
  }

  /** Copies from a slot. */
  read(region: Region, slot: number, values: NumericArray): void {
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength).set(
      this.#bytes(region, slot, values.byteLength),
    );
  }

  #bytes(region: Region, slot: number, length: number): Uint8Array {
    return this.view(region, slot, Uint8Array, length);
  }

  /** Makes room behind all allocated regions. @returns where it begins. */
  #extend(size: number): number {
    const base = this.#end;
    const pages = Math.ceil((base + size) / PAGE_BYTES);
    if (pages > MAX_PAGES) throw this.#exhausted(size, "the limit is 4096 MiB");
    // The recorded size, not the real one: another rank may have grown the memory already.
    if (pages > this.#pages) this.#grow(size, pages);
    this.#end = base + size;
    return base;
  }

  #grow(size: number, pages: number): void {
    const outcome = new Int32Array(this.#memory.buffer, 0, 1);
    if (this.#place.grows) {
      try {
        this.#memory.grow(pages - this.#pages);
        Atomics.store(outcome, 0, GROWN);
      } catch {
        Atomics.store(outcome, 0, REFUSED); // the other ranks wait for the result
      }
    }
    this.#meet();
    if (Atomics.load(outcome, 0) === REFUSED) {
      throw this.#exhausted(size, "the system gives this process no more");
    }
    this.#pages = pages;
    // This thread sees the growth made by another one at its next interrupt check; a loop has such checks.
    while (this.#memory.buffer.byteLength < pages * PAGE_BYTES);
  }

  #exhausted(size: number, limit: string): AcceleratorError {
    const [wanted, used] = [size, this.#usedBytes].map((bytes) => Math.ceil(bytes / 2 ** 20));
    return new AcceleratorError(
      "SHARED_MEMORY_EXHAUSTED",
      `The replicas need ${wanted} MiB more of shared memory; ${used} MiB are in use, and ${limit}. Free ` +
        "the memory of models with accelerator.freeMemory(model), or dispose models before the next one is prepared. " +
        "If all models are needed, use fewer replicas or smaller models.",
    );
  }
}
