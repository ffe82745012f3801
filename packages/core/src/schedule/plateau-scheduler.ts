import type { Optimizer } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { checkOptions } from "../options/check-options.ts";
import type { OptionRules } from "../options/option-rule.ts";
import { learningRateOf, setLearningRate } from "./learning-rate.ts";
import {
  type LearningRateScheduler,
  requireCount,
  requireOptimizer,
  requireRange,
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
  mode: "any",
  factor: "any",
  patience: "any",
  threshold: "any",
  cooldown: "any",
  minLearningRate: "any",
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
    if (mode !== "min" && mode !== "max") {
      throw new AcceleratorError(
        "OPTION_INVALID",
        `mode must be "min" or "max", got ${String(mode)}.`,
      );
    }
    if (!(factor >= 0 && factor < 1)) {
      throw new AcceleratorError("OPTION_INVALID", `factor must be below 1, got ${factor}.`);
    }
    this.#options = {
      ...{ mode, factor, threshold: requireRange("threshold", threshold, 0, 1) },
      patience: requireCount("patience", patience),
      cooldown: requireCount("cooldown", cooldown),
      minLearningRate: requireRange("minLearningRate", minLearningRate, 0, Number.MAX_VALUE),
    };
    this.#best = mode === "min" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }

  get lastStep(): number {
    return this.#lastStep;
  }

  step(metric?: number): void {
    if (typeof metric !== "number") {
      throw new AcceleratorError(
        "OPTION_INVALID",
        `PlateauScheduler.step needs the metric, got ${String(metric)}.`,
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

  loadStateDict(state: SchedulerState): void {
    const { step, best, badSteps, cooldownLeft, learningRate } = state as Record<string, number>;
    this.#lastStep = requireCount("step", step ?? Number.NaN);
    this.#best = best ?? this.#best;
    this.#badSteps = requireCount("badSteps", badSteps ?? 0);
    this.#cooldownLeft = requireCount("cooldownLeft", cooldownLeft ?? 0);
    if (learningRate !== undefined) setLearningRate(this.optimizer, learningRate);
  }

  #improves(metric: number): boolean {
    const { mode, threshold } = this.#options;
    if (!Number.isFinite(this.#best)) return !Number.isNaN(metric);
    const margin = Math.abs(this.#best) * threshold;
    return mode === "min" ? metric < this.#best - margin : metric > this.#best + margin;
  }
}
