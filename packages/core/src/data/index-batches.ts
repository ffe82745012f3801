import { shuffledIndices } from "./shuffled-indices.ts";

export type IndexBatchesOptions = {
  readonly batchSize: number;
  readonly dropLast: boolean;
  /** Of the random order; undefined for the order of the dataset. */
  readonly shuffleSeed: number | undefined;
};

/** The indices of a list in the order of one pass, in batches. */
export class IndexBatches {
  readonly #length: number;
  readonly #order: readonly number[] | undefined;
  readonly #options: IndexBatchesOptions;

  constructor(length: number, options: IndexBatchesOptions) {
    this.#length = length;
    this.#order =
      options.shuffleSeed === undefined ? undefined : shuffledIndices(length, options.shuffleSeed);
    this.#options = options;
  }

  /** Batches of what is left behind the first `consumed` samples. */
  *from(consumed: number): Generator<readonly number[]> {
    const { batchSize, dropLast } = this.#options;
    for (let start = consumed; start < this.#length; start += batchSize) {
      const size = Math.min(batchSize, this.#length - start);
      if (dropLast && size < batchSize) return;
      yield Array.from({ length: size }, (_, i) => this.#order?.[start + i] ?? start + i);
    }
  }
}
