import { stepEffect } from "../train/step-observer.ts";
import type { LearningRateScheduler, SchedulerState } from "./scheduler.ts";

/**
 * How far one call of a prepared scheduler moves the schedule:
 * - `"processes"`: one step per replica, as in Accelerate, so that a schedule is written in steps of a single
 *   process; with `splitBatches` one step, for then a batch is one of a single process;
 * - `"optimizerSteps"`: one step per optimizer step;
 * - `"samples"`: one step per sample that all replicas took since the last call;
 * - `"calls"`: one step per call, whatever the accumulation does.
 */
export type SchedulerUnit = "processes" | "optimizerSteps" | "samples" | "calls";

/** What of the loop in progress a scheduler depends on. */
export interface SchedulerClock {
  readonly syncGradients: boolean;
  /** Samples that all replicas have taken from loaders since training began. */
  readonly samplesSeen: number;
}

export type AcceleratedSchedulerOptions = {
  readonly unit: SchedulerUnit;
  /** Steps of a single process that one optimizer step stands for. */
  readonly processSteps: number;
};

/** A scheduler that waits while gradients are being accumulated, and moves in a unit of choice. */
export class AcceleratedScheduler {
  /** The scheduler that was prepared. */
  readonly scheduler: LearningRateScheduler;
  readonly #clock: SchedulerClock;
  readonly #options: AcceleratedSchedulerOptions;
  #samplesCounted: number;

  constructor(
    scheduler: LearningRateScheduler,
    clock: SchedulerClock,
    options: AcceleratedSchedulerOptions,
  ) {
    this.scheduler = scheduler;
    this.#clock = clock;
    this.#options = options;
    this.#samplesCounted = clock.samplesSeen;
  }

  /** Moves the schedule on. No-op while gradients are being accumulated, except in the unit `"calls"`. */
  step(metric?: number): void {
    stepEffect(() => this.#move(metric));
  }

  #move(metric: number | undefined): void {
    if (this.#options.unit !== "calls" && !this.#clock.syncGradients) return;
    const { totalSteps = Number.POSITIVE_INFINITY } = this.scheduler;
    for (let left = this.#rawSteps(); left > 0 && this.scheduler.lastStep < totalSteps; left--) {
      this.scheduler.step(metric);
    }
  }

  getLastLearningRate(): number {
    return this.scheduler.getLastLearningRate();
  }

  stateDict(): SchedulerState {
    return this.scheduler.stateDict();
  }

  loadStateDict(state: SchedulerState): void {
    this.scheduler.loadStateDict(state);
  }

  #rawSteps(): number {
    const { unit, processSteps } = this.#options;
    if (this.scheduler.countsCalls) return 1;
    if (unit === "processes") return processSteps;
    if (unit !== "samples") return 1;
    const { samplesSeen } = this.#clock;
    const steps = samplesSeen - this.#samplesCounted;
    this.#samplesCounted = samplesSeen;
    return steps;
  }
}
