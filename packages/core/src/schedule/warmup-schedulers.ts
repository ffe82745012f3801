import {
  requireCount,
  requireRange,
  type ScheduledOptimizer,
  StepwiseScheduler,
} from "./scheduler.ts";

export type WarmupOptions = {
  /** Steps over which the rate rises from 0 to its initial value. Default 0. */
  readonly warmupSteps?: number;
};

export type DecayOptions = WarmupOptions & {
  /** Steps of the whole run, warm-up included; from then on the rate stays at its lowest. */
  readonly totalSteps: number;
};

/** Rises linearly, then goes on as its subclass says. */
abstract class WarmupScheduler extends StepwiseScheduler {
  readonly #warmupSteps: number;

  constructor(optimizer: ScheduledOptimizer, { warmupSteps = 0 }: WarmupOptions) {
    super(optimizer);
    this.#warmupSteps = requireCount("warmupSteps", warmupSteps);
  }

  /** Factor on the initial rate, `step` steps after the warm-up of `warmupSteps`. */
  protected abstract factorAfter(step: number, warmupSteps: number): number;

  protected learningRateAt(step: number): number {
    const warmup = this.#warmupSteps;
    const factor = step < warmup ? step / warmup : this.factorAfter(step - warmup, warmup);
    return this.initialLearningRate * factor;
  }
}

/** Constant, after a linear warm-up if there is one. `get_constant_schedule_with_warmup`. */
export class ConstantScheduler extends WarmupScheduler {
  constructor(optimizer: ScheduledOptimizer, options: WarmupOptions = {}) {
    super(optimizer, options);
    this.apply();
  }

  protected factorAfter(): number {
    return 1;
  }
}

/** Linear warm-up, then linearly down to 0. `get_linear_schedule_with_warmup`. */
export class LinearScheduler extends WarmupScheduler {
  readonly #totalSteps: number;

  constructor(optimizer: ScheduledOptimizer, options: DecayOptions) {
    super(optimizer, options);
    this.#totalSteps = requireCount(
      "totalSteps",
      options.totalSteps,
      (options.warmupSteps ?? 0) + 1,
    );
    this.apply();
  }

  protected factorAfter(step: number, warmupSteps: number): number {
    return Math.max(1 - step / (this.#totalSteps - warmupSteps), 0);
  }
}

export type CosineOptions = DecayOptions & {
  /** The lowest factor on the initial rate. Default 0. */
  readonly minFactor?: number;
};

/** Linear warm-up, then down along half a cosine. `get_cosine_schedule_with_warmup`. */
export class CosineScheduler extends WarmupScheduler {
  readonly #totalSteps: number;
  readonly #minFactor: number;

  constructor(optimizer: ScheduledOptimizer, options: CosineOptions) {
    super(optimizer, options);
    this.#totalSteps = requireCount(
      "totalSteps",
      options.totalSteps,
      (options.warmupSteps ?? 0) + 1,
    );
    this.#minFactor = requireRange("minFactor", options.minFactor ?? 0, 0, 1);
    this.apply();
  }

  protected factorAfter(step: number, warmupSteps: number): number {
    const share = Math.min(step / (this.#totalSteps - warmupSteps), 1);
    return this.#minFactor + (1 - this.#minFactor) * 0.5 * (1 + Math.cos(Math.PI * share));
  }
}
