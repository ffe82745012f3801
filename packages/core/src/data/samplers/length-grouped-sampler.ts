import { checkOptions } from "../../options/check-options.ts";
import type { OptionRules } from "../../options/option-rule.ts";
import { numbersOf, requireAtLeastOne } from "./numbers-of.ts";
import type { Sampler } from "./sampler.ts";
import { shuffledIndices } from "./shuffled-indices.ts";

export type LengthGroupedOptions = {
  /** Samples of a step of all replicas: they are of about the same length. */
  readonly batchSize: number;
  /** Steps among whose samples those of the same length are looked for. By default at most 50. */
  readonly groupSteps?: number;
};

const RULES: OptionRules<LengthGroupedOptions> = {
  batchSize: { integerFrom: 1 },
  groupSteps: { integerFrom: 1 },
};
const MOST_STEPS = 50;
/** By default an epoch has at least so many groups, so that it is still random. */
const LEAST_GROUPS = 4;

/**
 * Every sample once, in a random order in which samples of about the same length are neighbours: little of a batch is padding,
 * and no replica waits for one with longer samples. The longest sample comes first: if there is not enough memory for it, the
 * first step says so.
 */
export class LengthGroupedSampler implements Sampler {
  readonly #lengths: Float64Array;
  readonly #groupSize: number;

  /**
   * @param lengths of the samples of the dataset, such as their numbers of tokens.
   * @throws {AcceleratorError} `OPTION_INVALID`.
   */
  constructor(lengths: ArrayLike<number>, options: LengthGroupedOptions) {
    checkOptions("LengthGroupedSampler", options, RULES);
    this.#lengths = numbersOf("LengthGroupedSampler: lengths", lengths);
    const batchSize = requireAtLeastOne("LengthGroupedSampler: batchSize", options.batchSize);
    const steps = Math.floor(this.#lengths.length / (batchSize * LEAST_GROUPS));
    const { groupSteps = Math.min(Math.max(steps, 1), MOST_STEPS) } = options;
    this.#groupSize = batchSize * requireAtLeastOne("LengthGroupedSampler: groupSteps", groupSteps);
  }

  get length(): number {
    return this.#lengths.length;
  }

  order(seed: number): number[] {
    const lengthOf = (index: number): number => this.#lengths[index] as number;
    const order = shuffledIndices(this.length, seed);
    for (let start = 0; start < order.length; start += this.#groupSize) {
      const group = order.slice(start, start + this.#groupSize);
      group.sort((a, b) => lengthOf(b) - lengthOf(a)); // stable: samples of one length stay in random order
      for (const [place, index] of group.entries()) order[start + place] = index;
    }
    // Each group begins with its longest sample.
    let longest = 0;
    for (let start = 0; start < order.length; start += this.#groupSize) {
      if (lengthOf(order[start] as number) > lengthOf(order[longest] as number)) longest = start;
    }
    const moved = order[longest];
    if (moved === undefined) return order;
    order[longest] = order[0] as number;
    order[0] = moved;
    return order;
  }
}
