import { requireFunction } from "../options/require-function.ts";
import { type ScheduledOptimizer, StepwiseScheduler } from "./scheduler.ts";

/** Learning rate = initial rate * `factor(step)`. `torch.optim.lr_scheduler.LambdaLR`. */
export class LambdaScheduler extends StepwiseScheduler {
  readonly #factor: (step: number) => number;

  constructor(optimizer: ScheduledOptimizer, factor: (step: number) => number) {
    requireFunction("LambdaScheduler", factor);
    super(optimizer);
    this.#factor = factor;
    this.apply();
  }

  protected learningRateAt(step: number): number {
    return this.initialLearningRate * this.#factor(step);
  }
}
