import type { Optimizer } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { checkArgument, checkOptions } from "../options/check-options.ts";
import { foundText } from "../options/found-text.ts";
import type { OptionRule, OptionRules } from "../options/option-rule.ts";
import { learningRateOf, setLearningRate } from "./learning-rate.ts";
import {
  type LearningRateScheduler,
  requireCount,
  requireNumber,
  requireOptimizer,
  requireState,
  type ScheduledOptimizer,
  type SchedulerState,
} from "./scheduler.ts";

export type PlateauOptions = {
  /** Whether the metric should fall or rise. Default `"min"`. */
  readonly mode?: "min" | "max";
  /** Factor of each drop, below 1. Default 0.1. */
  readonly factor?: number;
  /** Steps without improvement before a drop. Default 10. */
  readonly patience?: number;
  /** Smallest relative change of the best value that counts as an improvement. Default 1e-4. */
  readonly threshold?: number;
  /** Steps after a drop that are not counted. Default 0. */
  readonly cooldown?: number;
  /** Lowest learning rate. Default 0. */
  readonly minLearningRate?: number;
};

const RULES: OptionRules<PlateauOptions> = {
  mode: { oneOf: ["min", "max"] },
  factor: { numberFrom: 0, below: 1 },
  patience: { integerFrom: 0 },
  threshold: { numberFrom: 0, to: 1 },
  cooldown: { integerFrom: 0 },
  minLearningRate: { numberFrom: 0 },
};

/** Without a metric so far the best one is infinite. */
const BEST_RULE: OptionRule = {
  anyOf: ["number", { oneOf: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] }],
};

/**
 * Lowers the learning rate when a metric no longer improves. `step(metric)` once per evaluation, with the
 * same metric on every rank. `torch.optim.lr_scheduler.ReduceLROnPlateau`.
 */
export class PlateauScheduler implements LearningRateScheduler {
  readonly optimizer: Optimizer;
  readonly countsCalls = true;
  readonly #options: Required<PlateauOptions>;
  #lastStep = 0;
  #best: number;
  #badSteps = 0;
  #cooldownLeft = 0;

  constructor(optimizer: ScheduledOptimizer, options: PlateauOptions = {}) {
    checkOptions("PlateauScheduler", options, RULES, { minLr: 'did you mean "minLearningRate"?' });
    this.optimizer = requireOptimizer(optimizer);
    const {
      mode = "min",
      factor = 0.1,
      patience = 10,
      threshold = 1e-4,
      cooldown = 0,
      minLearningRate = 0,
    } = options;
    this.#options = { mode, factor, patience, threshold, cooldown, minLearningRate };
    this.#best = mode === "min" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }

  get lastStep(): number {
    return this.#lastStep;
  }

  step(metric?: number): void {
    if (typeof metric !== "number") {
      throw new AcceleratorError(
        "OPTION_INVALID",
        `PlateauScheduler.step needs the metric, got ${foundText(metric)}.`,
      );
    }
    this.#lastStep += 1;
    if (this.#improves(metric)) {
      this.#best = metric;
      this.#badSteps = 0;
    } else {
      this.#badSteps += 1;
    }
    if (this.#cooldownLeft > 0) {
      this.#cooldownLeft -= 1;
      this.#badSteps = 0;
    }
    if (this.#badSteps <= this.#options.patience) return;
    const { factor, minLearningRate, cooldown } = this.#options;
    setLearningRate(
      this.optimizer,
      Math.max(learningRateOf(this.optimizer) * factor, minLearningRate),
    );
    this.#cooldownLeft = cooldown;
    this.#badSteps = 0;
  }

  getLastLearningRate(): number {
    return learningRateOf(this.optimizer);
  }

  stateDict(): SchedulerState {
    return {
      step: this.#lastStep,
      best: this.#best,
      badSteps: this.#badSteps,
      cooldownLeft: this.#cooldownLeft,
      learningRate: this.getLastLearningRate(),
    };
  }

  checkState(state: SchedulerState): void {
    const { step, best, badSteps, cooldownLeft, learningRate } = numbersOf(requireState(state));
    requireCount("step", step ?? Number.NaN);
    requireCount("badSteps", badSteps ?? 0);
    requireCount("cooldownLeft", cooldownLeft ?? 0);
    if (best !== undefined) checkArgument("loadStateDict", "best", best, BEST_RULE);
    if (learningRate !== undefined) requireNumber("learningRate", learningRate);
  }

  loadStateDict(state: SchedulerState): void {
    this.checkState(state);
    const { step = 0, best, badSteps = 0, cooldownLeft = 0, learningRate } = numbersOf(state);
    this.#lastStep = step;
    this.#best = best ?? this.#best;
    this.#badSteps = badSteps;
    this.#cooldownLeft = cooldownLeft;
    if (learningRate !== undefined) setLearningRate(this.optimizer, learningRate);
  }

  #improves(metric: number): boolean {
    const { mode, threshold } = this.#options;
    if (!Number.isFinite(this.#best)) return !Number.isNaN(metric);
    const margin = Math.abs(this.#best) * threshold;
    return mode === "min" ? metric < this.#best - margin : metric > this.#best + margin;
  }
}

function numbersOf(state: SchedulerState): { readonly [name: string]: number | undefined } {
  return state as { readonly [name: string]: number | undefined };
}
