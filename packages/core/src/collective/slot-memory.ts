import { AcceleratorError } from "../errors.ts";
import type { NumericArray } from "./collective.ts";
import { MAX_PAGES } from "./shared-group.ts";

const PAGE_BYTES = 65536;
const ALIGNMENT = 16; // of a SIMD vector

/** A slot per rank, equally spaced. */
export type Region = {
  /** Address of the slot of rank 0. */
  readonly base: number;
  /** Bytes from one slot to the next. */
  readonly stride: number;
};

/**
 * Hands out regions of the shared memory. Every rank keeps the same books, because all make the same
 * calls; only the memory itself is shared.
 */
export class SlotMemory {
  readonly #memory: WebAssembly.Memory;
  readonly #rank: number;
  readonly #worldSize: number;
  readonly #meet: () => void;
  #end = 0;
  #scratch: Region = { base: 0, stride: 0 };

  /** @param meet waits for all ranks. */
  constructor(memory: WebAssembly.Memory, rank: number, worldSize: number, meet: () => void) {
    this.#memory = memory;
    this.#rank = rank;
    this.#worldSize = worldSize;
    this.#meet = meet;
  }

  /**
   * A new region that stays. Collective.
   *
   * @throws {AcceleratorError} `OPTION_INVALID` on every rank if the memory of the group is exhausted.
   */
  reserve(slotBytes: number): Region {
    const stride = Math.ceil(slotBytes / ALIGNMENT) * ALIGNMENT;
    const region = { base: this.#end, stride };
    this.#growTo(region.base + stride * this.#worldSize);
    this.#end = region.base + stride * this.#worldSize;
    return region;
  }

  /** The region for passing data, at least this large; the next call may return it again. Collective. */
  scratch(slotBytes: number): Region {
    if (slotBytes > this.#scratch.stride) {
      // Powers of two: the regions left behind sum up to less than the last one.
      const size = 2 ** Math.ceil(Math.log2(Math.max(slotBytes, PAGE_BYTES)));
      this.#scratch = this.reserve(size);
    }
    return this.#scratch;
  }

  /** This rank's view of a slot; valid as long as the group. */
  view<T extends NumericArray>(
    region: Region,
    rank: number,
    Type: new (buffer: ArrayBufferLike, byteOffset: number, length: number) => T,
    length: number,
  ): T {
    return new Type(this.#memory.buffer, region.base + rank * region.stride, length);
  }

  /** Copies to this rank's slot. */
  write(region: Region, values: NumericArray): void {
    this.#bytes(region, this.#rank, values.byteLength).set(
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    );
  }

  /** Copies from a rank's slot. */
  read(region: Region, rank: number, values: NumericArray): void {
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength).set(
      this.#bytes(region, rank, values.byteLength),
    );
  }

  #bytes(region: Region, rank: number, length: number): Uint8Array {
    return this.view(region, rank, Uint8Array, length);
  }

  #growTo(endBytes: number): void {
    const pages = Math.ceil(endBytes / PAGE_BYTES);
    // Of the books, not of the memory: another rank may have grown it already.
    const before = Math.max(1, Math.ceil(this.#end / PAGE_BYTES));
    if (pages <= before) return;
    if (pages > MAX_PAGES) {
      throw new AcceleratorError(
        "OPTION_INVALID",
        `The replicas need ${Math.ceil(endBytes / 2 ** 20)} MiB of shared memory, but 4096 MiB is the most there ` +
          "is. Use fewer replicas, or a smaller model.",
      );
    }
    if (this.#rank === 0) this.#memory.grow(pages - before);
    this.#meet();
    // Another thread's growth reaches this one at its next interrupt check, which a loop has.
    while (this.#memory.buffer.byteLength < endBytes);
  }
}
