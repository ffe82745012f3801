import { checkOptions } from "../options/check-options.ts";
import type { OptionRules } from "../options/option-rule.ts";
import { requireCount, type ScheduledOptimizer, StepwiseScheduler } from "./scheduler.ts";

export type StepOptions = {
  /** Steps between two drops. */
  readonly stepSize: number;
  /** Factor of each drop. Default 0.1. */
  readonly gamma?: number;
};

const RULES: OptionRules<StepOptions> = {
  stepSize: { integerFrom: 1 },
  gamma: { numberFrom: 0 },
};

/** Multiplies the learning rate by `gamma` every `stepSize` steps. `torch.optim.lr_scheduler.StepLR`. */
export class StepScheduler extends StepwiseScheduler {
  readonly #stepSize: number;
  readonly #gamma: number;

  constructor(optimizer: ScheduledOptimizer, options: StepOptions) {
    checkOptions("StepScheduler", options, RULES);
    super(optimizer);
    const { stepSize, gamma = 0.1 } = options;
    this.#stepSize = requireCount("stepSize", stepSize, 1);
    this.#gamma = gamma;
    this.apply();
  }

  protected learningRateAt(step: number): number {
    return this.initialLearningRate * this.#gamma ** Math.floor(step / this.#stepSize);
  }
}
