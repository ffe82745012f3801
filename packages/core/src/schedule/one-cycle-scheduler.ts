import { AcceleratorError } from "../errors.ts";
import { checkOptions } from "../options/check-options.ts";
import type { OptionRules } from "../options/option-rule.ts";
import {
  requireCount,
  requireNumber,
  type ScheduledOptimizer,
  StepwiseScheduler,
} from "./scheduler.ts";

export type OneCycleOptions = {
  /** The highest learning rate. */
  readonly maxLearningRate: number;
  /** Steps of the cycle. */
  readonly totalSteps: number;
  /** Share of the steps in which the rate rises. Default 0.3. */
  readonly riseShare?: number;
  /** The cycle begins at `maxLearningRate / startDivisor`. Default 25. */
  readonly startDivisor?: number;
  /** The cycle ends at the start rate / `endDivisor`. Default 10 000. */
  readonly endDivisor?: number;
};

const RULES: OptionRules<OneCycleOptions> = {
  maxLearningRate: { numberFrom: 0 },
  totalSteps: { integerFrom: 1 },
  riseShare: { numberFrom: 0, to: 1 },
  startDivisor: { numberFrom: 1 },
  endDivisor: { numberFrom: 1 },
};

/**
 * One rise and one fall along cosines. The schedule has an end; a step past it is an error.
 * `torch.optim.lr_scheduler.OneCycleLR` with its cosine strategy, two phases, momentum unchanged.
 */
export class OneCycleScheduler extends StepwiseScheduler {
  readonly totalSteps: number;
  readonly #max: number;
  readonly #start: number;
  readonly #end: number;
  /** The step at which the rate is highest. */
  readonly #top: number;

  constructor(optimizer: ScheduledOptimizer, options: OneCycleOptions) {
    checkOptions("OneCycleScheduler", options, RULES, {
      maxLr: 'did you mean "maxLearningRate"?',
      pctStart: 'did you mean "riseShare"?',
      divFactor: 'did you mean "startDivisor"?',
      finalDivFactor: 'did you mean "endDivisor"?',
    });
    super(optimizer);
    const {
      maxLearningRate,
      totalSteps,
      riseShare = 0.3,
      startDivisor = 25,
      endDivisor = 1e4,
    } = options;
    this.totalSteps = requireCount("totalSteps", totalSteps, 1);
    this.#max = requireNumber("maxLearningRate", maxLearningRate);
    this.#start = maxLearningRate / startDivisor;
    this.#end = this.#start / endDivisor;
    this.#top = riseShare * totalSteps - 1;
    this.apply();
  }

  override step(): void {
    if (this.lastStep >= this.totalSteps) {
      throw new AcceleratorError(
        "OPTION_INVALID",
        `OneCycleScheduler was moved past its ${this.totalSteps} steps; give it more totalSteps.`,
      );
    }
    super.step();
  }

  protected learningRateAt(step: number): number {
    if (step <= this.#top)
      return between(this.#start, this.#max, this.#top === 0 ? 1 : step / this.#top);
    return between(this.#max, this.#end, (step - this.#top) / (this.totalSteps - 1 - this.#top));
  }
}

/** Cosine interpolation from `a` to `b`. */
function between(a: number, b: number, share: number): number {
  return b + ((a - b) / 2) * (1 + Math.cos(Math.PI * Math.min(share, 1)));
}
