/** Numbers of a block: 65 536, or fewer while a list is short. */
export const BLOCK: number = 1 << 16;
const SHIFT = 16;
const FIRST = 32;

/**
 * A growing list of numbers. It grows by whole blocks, so a long list is never copied; lists of the same length have blocks of the
 * same lengths.
 */
export class NumberList {
  readonly blocks: Float64Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get bytes(): number {
    return this.blocks.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  push(value: number): void {
    const at = this.#length & (BLOCK - 1);
    const index = this.#length >>> SHIFT;
    let block = this.blocks[index];
    if (!block || at === block.length) block = this.#grow(index, block);
    block[at] = value;
    this.#length += 1;
  }

  get(index: number): number {
    return (this.blocks[index >>> SHIFT] as Float64Array)[index & (BLOCK - 1)] as number;
  }

  /** A copy in one piece. */
  toArray(): Float64Array {
    const array = new Float64Array(this.#length);
    for (const [index, block] of this.blocks.entries()) {
      const start = index * BLOCK;
      array.set(block.subarray(0, Math.min(block.length, this.#length - start)), start);
    }
    return array;
  }

  /** Forgets what lies behind. */
  truncate(length: number): void {
    this.#length = Math.min(this.#length, length);
    this.blocks.length = Math.ceil(this.#length / BLOCK);
  }

  #grow(index: number, block: Float64Array | undefined): Float64Array {
    const length = index === 0 ? Math.min(BLOCK, block ? block.length * 2 : FIRST) : BLOCK;
    const next = new Float64Array(length);
    if (block) next.set(block);
    this.blocks[index] = next;
    return next;
  }
}

/** The first index from `start` whose number is at least `value`, in a list that never falls. */
export function lowerBound(list: NumberList, value: number, start = 0): number {
  let [low, high] = [start, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list.get(middle) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
