import { checkOptions, type ForeignNames } from "../options/check-options.ts";
import type { OptionRules } from "../options/option-rule.ts";
import { requireCount, type ScheduledOptimizer, StepwiseScheduler } from "./scheduler.ts";

export type WarmupOptions = {
  /** Steps over which the rate rises from 0 to its initial value. Default 0. */
  readonly warmupSteps?: number;
};

export type DecayOptions = WarmupOptions & {
  /** Steps of the whole run, warm-up included; after them the rate stays at its lowest value. */
  readonly totalSteps: number;
};

const WARMUP_RULES: OptionRules<WarmupOptions> = { warmupSteps: { integerFrom: 0 } };
const DECAY_RULES: OptionRules<DecayOptions> = {
  ...WARMUP_RULES,
  totalSteps: { integerFrom: 1 },
};

const STEPS: ForeignNames = {
  numWarmupSteps: 'did you mean "warmupSteps"?',
  numTrainingSteps: 'did you mean "totalSteps"?',
};

/** Rises linearly, then follows the subclass. */
abstract class WarmupScheduler extends StepwiseScheduler {
  readonly #warmupSteps: number;

  /** @param rules of `options`, by the name of the schedule. */
  constructor(
    optimizer: ScheduledOptimizer,
    options: WarmupOptions,
    [name, rules]: readonly [string, OptionRules],
  ) {
    checkOptions(name, options, rules, STEPS);
    super(optimizer);
    this.#warmupSteps = options.warmupSteps ?? 0;
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
    super(optimizer, options, ["ConstantScheduler", WARMUP_RULES]);
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
    super(optimizer, options, ["LinearScheduler", DECAY_RULES]);
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

const COSINE_RULES: OptionRules<CosineOptions> = {
  ...DECAY_RULES,
  minFactor: { numberFrom: 0, to: 1 },
};

/** Linear warm-up, then down along half a cosine. `get_cosine_schedule_with_warmup`. */
export class CosineScheduler extends WarmupScheduler {
  readonly #totalSteps: number;
  readonly #minFactor: number;

  constructor(optimizer: ScheduledOptimizer, options: CosineOptions) {
    super(optimizer, options, ["CosineScheduler", COSINE_RULES]);
    this.#totalSteps = requireCount(
      "totalSteps",
      options.totalSteps,
      (options.warmupSteps ?? 0) + 1,
    );
    this.#minFactor = options.minFactor ?? 0;
    this.apply();
  }

  protected factorAfter(step: number, warmupSteps: number): number {
    const share = Math.min(step / (this.#totalSteps - warmupSteps), 1);
    return this.#minFactor + (1 - this.#minFactor) * 0.5 * (1 + Math.cos(Math.PI * share));
  }
}
