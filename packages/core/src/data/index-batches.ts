export type IndexBatchesOptions = {
  readonly batchSize: number;
  readonly dropLast: boolean;
  /** The indices in the order of the pass; undefined for the order of the dataset. */
  readonly order: readonly number[] | undefined;
};

/** The indices of a list in the order of one pass, in batches. */
export class IndexBatches {
  readonly #length: number;
  readonly #options: IndexBatchesOptions;

  /** @param length of the pass. */
  constructor(length: number, options: IndexBatchesOptions) {
    this.#length = length;
    this.#options = options;
  }

  /** Batches of what is left behind the first `consumed` samples. */
  *from(consumed: number): Generator<readonly number[]> {
    const { batchSize, dropLast, order } = this.#options;
    for (let start = consumed; start < this.#length; start += batchSize) {
      const size = Math.min(batchSize, this.#length - start);
      if (dropLast && size < batchSize) return;
      yield Array.from({ length: size }, (_, i) => order?.[start + i] ?? start + i);
    }
  }
}
