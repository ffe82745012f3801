import type { Optimizer } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { foundText } from "../options/found-text.ts";
import { obeys } from "../options/option-rule.ts";
import { learningRateOf, setLearningRate } from "./learning-rate.ts";

/** A `tf.train` optimizer, or a prepared one. */
export type ScheduledOptimizer = Optimizer | { readonly optimizer: Optimizer };

/** The part of a schedule that is saved in a checkpoint. */
export type SchedulerState = { readonly step: number; readonly [key: string]: unknown };

/** A learning-rate schedule over the steps of one optimizer. */
export interface LearningRateScheduler {
  /** The `tf.train` optimizer whose rate it sets. */
  readonly optimizer: Optimizer;
  /** Raw steps made so far. */
  readonly lastStep: number;
  /** Number of steps after which the schedule ends; undefined if it has no end. */
  readonly totalSteps?: number;
  /** True if every call is one step, for any number of samples, as with a metric per epoch. */
  readonly countsCalls?: boolean;
  /** Advances the schedule by one step and sets the learning rate. Some schedules need a metric. */
  step(metric?: number): void;
  /** The current learning rate. */
  getLastLearningRate(): number;
  stateDict(): SchedulerState;
  loadStateDict(state: SchedulerState): void;
  /** Throws what `loadStateDict` would throw, and changes nothing: `loadState` calls it before it changes anything. */
  checkState?(state: SchedulerState): void;
}

/** A schedule whose learning rate depends on the number of steps alone. */
export abstract class StepwiseScheduler implements LearningRateScheduler {
  readonly optimizer: Optimizer;
  /** The learning rate of the optimizer when the schedule was made. */
  protected readonly initialLearningRate: number;
  #lastStep = 0;

  constructor(optimizer: ScheduledOptimizer) {
    this.optimizer = requireOptimizer(optimizer);
    this.initialLearningRate = learningRateOf(this.optimizer);
  }

  get lastStep(): number {
    return this.#lastStep;
  }

  /** The learning rate after `step` steps, `step >= 0`. */
  protected abstract learningRateAt(step: number): number;

  step(): void {
    this.#lastStep += 1;
    this.apply();
  }

  getLastLearningRate(): number {
    return learningRateOf(this.optimizer);
  }

  stateDict(): SchedulerState {
    return { step: this.#lastStep };
  }

  checkState(state: SchedulerState): void {
    requireCount("step", requireState(state).step);
  }

  loadStateDict(state: SchedulerState): void {
    this.checkState(state);
    this.#lastStep = state.step;
    this.apply();
  }

  /** Sets the learning rate of the current step; subclasses call it once they are complete. */
  protected apply(): void {
    setLearningRate(this.optimizer, this.learningRateAt(this.#lastStep));
  }
}

/** @throws {AcceleratorError} `OPTION_INVALID` if it is no state of a schedule. */
export function requireState(state: SchedulerState): SchedulerState {
  if (obeys(state, "object")) return state;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `loadStateDict needs what stateDict() of a schedule returned, got ${foundText(state)}.`,
  );
}

/** Whether `value` can be prepared as a scheduler. */
export function isScheduler(value: unknown): value is LearningRateScheduler {
  const { optimizer, step, getLastLearningRate } = (value ?? {}) as Partial<LearningRateScheduler>;
  return (
    optimizer !== undefined &&
    typeof step === "function" &&
    typeof getLastLearningRate === "function"
  );
}

/** @throws {AcceleratorError} `OPTION_INVALID` unless it is, or wraps, a `tf.train` optimizer. */
export function requireOptimizer(value: ScheduledOptimizer): Optimizer {
  const { optimizer = value } = (value ?? {}) as { optimizer?: unknown };
  if (typeof (optimizer as Partial<Optimizer>)?.applyGradients === "function")
    return optimizer as Optimizer;
  throw new AcceleratorError(
    "OPTION_INVALID",
    "A schedule needs a tf.train optimizer, before or after prepare.",
  );
}

/** @throws {AcceleratorError} `OPTION_INVALID` unless `value` is an integer of at least `least`. */
export function requireCount(name: string, value: number, least = 0): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `${name} must be an integer of at least ${least}, got ${foundText(value)}.`,
  );
}

/** @throws {AcceleratorError} `OPTION_INVALID` unless `value` is a finite number. */
export function requireNumber(name: string, value: number): number {
  if (Number.isFinite(value)) return value;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `${name} must be a finite number, got ${foundText(value)}.`,
  );
}
