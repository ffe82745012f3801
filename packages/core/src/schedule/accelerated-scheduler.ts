import { stepEffect } from "../step/step-observer.ts";
import type { LearningRateScheduler, SchedulerState } from "./scheduler.ts";

/**
 * How far one call of a prepared scheduler moves the schedule:
 * - `"processes"`: one step per replica, as in Accelerate, so that a schedule is written in steps of a single process.
 *   With `splitBatches` it is one step, because a batch is then as large as one of a single process;
 * - `"optimizerSteps"`: one step per optimizer step;
 * - `"samples"`: one step per sample that all replicas took since the last call;
 * - `"calls"`: one step per call, also while gradients are being accumulated.
 */
export type SchedulerUnit = "processes" | "optimizerSteps" | "samples" | "calls";

/** The state of the loop in progress that a scheduler depends on. */
export interface SchedulerClock {
  readonly syncGradients: boolean;
  /** Whether an optimizer has skipped its last step because of an overflow. */
  readonly stepWasSkipped: boolean;
  /** Samples that all replicas have taken from loaders since training began. */
  readonly samplesSeen: number;
}

export type AcceleratedSchedulerOptions = {
  readonly unit: SchedulerUnit;
  /** The number of single-process steps in one optimizer step. */
  readonly processSteps: number;
};

/** The part of a prepared scheduler's state that is not of the schedule. */
export type SchedulerCounting = AcceleratedSchedulerOptions & {
  /** Samples taken since its last step. */
  readonly samplesWaiting: number;
};

/** A prepared scheduler in checkpoints, and as one rank gives it to the others. */
export type SavedScheduler = {
  readonly state: SchedulerState;
  readonly counting: SchedulerCounting;
};

/** A scheduler that waits while gradients are being accumulated, and counts in the chosen unit. */
export class AcceleratedScheduler {
  /** The scheduler that was prepared. */
  readonly scheduler: LearningRateScheduler;
  readonly #clock: SchedulerClock;
  #options: AcceleratedSchedulerOptions;
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

  /** Advances the schedule. No-op while gradients are being accumulated or a step was skipped, except in the unit `"calls"`. */
  step(metric?: number): void {
    stepEffect(() => this.#move(metric));
  }

  #move(metric: number | undefined): void {
    const { syncGradients, stepWasSkipped } = this.#clock;
    if (this.#options.unit !== "calls" && (!syncGradients || stepWasSkipped)) return;
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

  /** The state of the schedule, and of its counting. @internal */
  save(): SavedScheduler {
    return { state: this.stateDict(), counting: this.counting };
  }

  /** Goes on as another one was saved, once the clock is restored. @internal */
  restore({ state, counting: { processSteps, samplesWaiting } }: SavedScheduler): void {
    this.loadStateDict(state);
    this.#options = { ...this.#options, processSteps };
    this.#samplesCounted = this.#clock.samplesSeen - samplesWaiting;
  }

  /** How it counts, and what is not counted yet. @internal */
  get counting(): SchedulerCounting {
    const samplesWaiting = this.#clock.samplesSeen - this.#samplesCounted;
    return { ...this.#options, samplesWaiting };
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
