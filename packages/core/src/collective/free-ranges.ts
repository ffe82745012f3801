/** A range of bytes. */
type Range = { base: number; size: number };

/**
 * Free ranges of the shared memory, for reuse. They are the same on every rank, because all ranks make the same
 * calls.
 */
export class FreeRanges {
  /** In ascending order; no two touch. */
  readonly #ranges: Range[] = [];

  /** Takes the smallest range of at least `size` bytes. @returns its start; undefined if there is none. */
  take(size: number): number | undefined {
    let best = -1;
    for (const [index, range] of this.#ranges.entries()) {
      if (range.size < size) continue;
      if (best < 0 || range.size < (this.#ranges[best] as Range).size) best = index;
    }
    const range = this.#ranges[best];
    if (!range) return undefined;
    const { base } = range;
    if (range.size === size) this.#ranges.splice(best, 1);
    else {
      range.base += size;
      range.size -= size;
    }
    return base;
  }

  /** Gives a range back. */
  put(base: number, size: number): void {
    if (size === 0) return;
    const after = this.#ranges.findIndex((range) => range.base > base);
    const index = after < 0 ? this.#ranges.length : after;
    this.#ranges.splice(index, 0, { base, size });
    this.#join(index);
    this.#join(index - 1);
  }

  /** Takes the last range if it ends at `end`. @returns its start. */
  takeLast(end: number): number | undefined {
    const last = this.#ranges.at(-1);
    if (!last || last.base + last.size !== end) return undefined;
    this.#ranges.pop();
    return last.base;
  }

  /** Joins a range with the next one if they touch. */
  #join(index: number): void {
    const [range, next] = [this.#ranges[index], this.#ranges[index + 1]];
    if (!range || !next || range.base + range.size !== next.base) return;
    range.size += next.size;
    this.#ranges.splice(index + 1, 1);
  }
}
