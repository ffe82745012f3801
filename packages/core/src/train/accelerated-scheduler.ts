import type { GradientState } from "./gradient-state.ts";
import type { LearningRateScheduler } from "./scheduler.ts";

/**
 * A scheduler that moves with the samples all replicas consume, as Accelerate's does: one call makes one
 * raw step per replica, and none while gradients are being accumulated. Schedules are therefore written
 * in steps of a single process.
 */
export class AcceleratedScheduler {
  /** The scheduler that was prepared. */
  readonly scheduler: LearningRateScheduler;
  readonly #state: GradientState;
  readonly #rawSteps: number;
  readonly #withOptimizer: boolean;

  constructor(
    scheduler: LearningRateScheduler,
    state: GradientState,
    options: { readonly worldSize: number; readonly stepWithOptimizer: boolean },
  ) {
    this.scheduler = scheduler;
    this.#state = state;
    this.#withOptimizer = options.stepWithOptimizer;
    this.#rawSteps = options.stepWithOptimizer ? options.worldSize : 1;
  }

  step(): void {
    if (this.#withOptimizer && !this.#state.syncGradients) return;
    for (let i = 0; i < this.#rawSteps; i++) this.scheduler.step();
  }

  getLastLearningRate(): number {
    return this.scheduler.getLastLearningRate();
  }
}
