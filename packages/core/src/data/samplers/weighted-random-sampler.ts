import { AcceleratorError } from "../../errors.ts";
import { checkOptions } from "../../options/check-options.ts";
import type { OptionRules } from "../../options/option-rule.ts";
import { Random } from "../../random/random.ts";
import { numbersOf, requireAtLeastOne } from "./numbers-of.ts";
import type { Sampler } from "./sampler.ts";

export type WeightedSamplerOptions = {
  /** Samples of an epoch; as many as there are weights by default. */
  readonly numSamples?: number;
  /** Whether a sample may be drawn several times in an epoch. Default true. */
  readonly replacement?: boolean;
};

const RULES: OptionRules<WeightedSamplerOptions> = {
  numSamples: { integerFrom: 1 },
  replacement: "boolean",
};

/** Draws samples with a probability in proportion to their weights: for classes of unequal size. */
export class WeightedRandomSampler implements Sampler {
  readonly length: number;
  readonly #weights: Float64Array;
  readonly #replacement: boolean;

  /**
   * @param weights one for each sample of the dataset, at least 0; they need not add up to 1.
   * @throws {AcceleratorError} `OPTION_INVALID`.
   */
  constructor(weights: ArrayLike<number>, options: WeightedSamplerOptions = {}) {
    checkOptions("WeightedRandomSampler", options, RULES);
    this.#weights = numbersOf("WeightedRandomSampler: weights", weights);
    const { numSamples = this.#weights.length, replacement = true } = options;
    this.length = requireAtLeastOne("WeightedRandomSampler: numSamples", numSamples);
    this.#replacement = replacement;
    const possible = this.#weights.filter((weight) => weight > 0).length;
    if (possible >= (replacement ? 1 : numSamples)) return;
    throw new AcceleratorError(
      "OPTION_INVALID",
      `WeightedRandomSampler: ${possible} weights are above 0, and ${replacement ? 1 : numSamples} must be` +
        `${replacement ? "" : " for numSamples without replacement"}.`,
    );
  }

  order(seed: number): number[] {
    const random = new Random(seed);
    return this.#replacement ? this.#drawAgain(random) : this.#drawOnce(random);
  }

  /** By binary search in the sums of the weights. */
  #drawAgain(random: Random): number[] {
    let sum = 0;
    const sums = this.#weights.map((weight) => {
      sum += weight;
      return sum;
    });
    return Array.from({ length: this.length }, () => {
      const drawn = random.nextFloat() * sum;
      let [low, high] = [0, sums.length - 1];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((sums[middle] as number) > drawn) high = middle;
        else low = middle + 1;
      }
      return low;
    });
  }

  /** The greatest of `log(u) / weight` (Efraimidis and Spirakis, 2006): as if drawn one after the other. */
  #drawOnce(random: Random): number[] {
    const keys = this.#weights.map((weight) => Math.log(1 - random.nextFloat()) / weight);
    const possible = [...keys.keys()].filter((index) => (this.#weights[index] as number) > 0);
    possible.sort((a, b) => (keys[b] as number) - (keys[a] as number) || a - b);
    return possible.slice(0, this.length);
  }
}
