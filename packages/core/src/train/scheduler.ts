import type { Optimizer } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { AcceleratedOptimizer, isOptimizer } from "./accelerated-optimizer.ts";
import { learningRateOf, setLearningRate } from "./learning-rate.ts";

/** A learning-rate schedule over the steps of one optimizer. */
export interface LearningRateScheduler {
  /** The `tf.train` optimizer whose rate it sets. */
  readonly optimizer: Optimizer;
  /** Moves the schedule one step on and sets the learning rate. */
  step(): void;
  /** The learning rate that is set now. */
  getLastLearningRate(): number;
}

/** Whether `value` can be prepared as a scheduler. */
export function isScheduler(value: unknown): value is LearningRateScheduler {
  const { optimizer, step, getLastLearningRate } = (value ?? {}) as Partial<LearningRateScheduler>;
  return (
    isOptimizer(optimizer) &&
    typeof step === "function" &&
    typeof getLastLearningRate === "function"
  );
}

/** Learning rate = initial rate * `factor(step)`; the factor of step 0 is set at once. */
export class LambdaScheduler implements LearningRateScheduler {
  readonly optimizer: Optimizer;
  readonly #factor: (step: number) => number;
  readonly #initial: number;
  #step = 0;

  /** @param optimizer a `tf.train` optimizer, before or after `prepare`. */
  constructor(optimizer: Optimizer | AcceleratedOptimizer, factor: (step: number) => number) {
    this.optimizer = optimizer instanceof AcceleratedOptimizer ? optimizer.optimizer : optimizer;
    if (!isOptimizer(this.optimizer)) {
      throw new AcceleratorError("OPTION_INVALID", "LambdaScheduler needs a tf.train optimizer.");
    }
    this.#factor = factor;
    this.#initial = learningRateOf(this.optimizer);
    this.#apply();
  }

  step(): void {
    this.#step += 1;
    this.#apply();
  }

  getLastLearningRate(): number {
    return learningRateOf(this.optimizer);
  }

  #apply(): void {
    setLearningRate(this.optimizer, this.#initial * this.#factor(this.#step));
  }
}
