import { AcceleratorError } from "../../errors.ts";
import { numbersOf } from "./numbers-of.ts";
import type { Sampler } from "./sampler.ts";
import { shuffledIndices } from "./shuffled-indices.ts";

/** Some samples of a dataset, in a new random order in every epoch: for folds, or a part for validation. */
export class SubsetRandomSampler implements Sampler {
  readonly #indices: Float64Array;

  /**
   * @param indices of the samples; one that is listed twice is taken twice.
   * @throws {AcceleratorError} `OPTION_INVALID`.
   */
  constructor(indices: ArrayLike<number>) {
    this.#indices = numbersOf("SubsetRandomSampler: indices", indices);
    const wrong = this.#indices.findIndex((index) => !Number.isInteger(index));
    if (wrong < 0) return;
    throw new AcceleratorError(
      "OPTION_INVALID",
      `SubsetRandomSampler: indices must be integers, got ${this.#indices[wrong]} at place ${wrong}.`,
    );
  }

  get length(): number {
    return this.#indices.length;
  }

  order(seed: number): number[] {
    return shuffledIndices(this.length, seed).map((place) => this.#indices[place] as number);
  }
}
