import { backend, type DataId, type KernelBackend, type Tensor } from "@tensorflow/tfjs-core";
import type { StepObserver } from "./step-observer.ts";

/**
 * A tfjs backend that records kernel calls and computes them later, as one graph. Core checks whether a backend has
 * these members and uses them if so; training also works on a backend without them.
 *
 * **Order of calls.** Recorded calls are computed in the order in which they were made. All pending calls are
 * computed (flushed) by `markStep`, by a read of a value (`readSync`, `readInto`, `lookAt`) and by the start and the end of a
 * capture. Core calls `markStep` when the tensors that only the step needed are disposed; the backend need not flush
 * by itself, but may when too much is pending.
 *
 * **Lifetime of tensors.** A recorded call keeps its inputs until it is computed, also when their tensors are disposed
 * before. A result that no tensor holds when calls are computed need not be computed at all.
 *
 * **Errors.** A call that cannot be computed throws where it is flushed, and again where its results are used.
 */
export interface LazyBackend extends KernelBackend {
  /**
   * A program that trains with an accelerator begins: its replicas must compute a step in the same way, to the bit,
   * although some of them compute more between two steps.
   */
  beginTraining(): void;

  /** A backward pass begins: what is pending, and what is recorded until it is computed, belongs to a training step. */
  markBackward(): void;

  /** Ends a training step: flushes, unless a capture or an `update` is running. */
  markStep(): void;

  /**
   * Runs `change`, which assigns variables. The caller ends the step and has already tried the fused kernel of the
   * optimizer, so optimizers of tfjs do neither while `change` runs.
   */
  update(change: () => void): void;

  /**
   * Copies the values of a float32 tensor to `target`, which has the same size, unless they are stored there already.
   * Flushes.
   */
  readInto(dataId: DataId, target: Float32Array): void;

  /**
   * The values of a float32 tensor of this size where they are, without a copy: for a look at once, as the next call of the
   * backend may change them. Flushes.
   */
  lookAt(dataId: DataId, size: number): Float32Array;

  /**
   * Reserves `target`, an array of the caller, as the output of a pending float32 tensor of the same size. Tensors
   * stored there are moved first. From now on the caller may write to `target` only after it has read the tensor's
   * value; the written values are then the tensor's value. The array is reserved until it is passed here again.
   *
   * @param dataId the tensor; undefined only moves what is stored in `target`.
   * @returns whether the tensor will be stored there: not if it is computed already, or if other tensors share its values.
   */
  placeIn(target: Float32Array, dataId: DataId | undefined): boolean;

  /**
   * Flushes, then follows one run of a step until the capture is finished or abandoned. One capture at a time.
   *
   * @param given tensors that every replay gets anew: the arguments of the step. They stay the caller's.
   * @param previous the trace of the run before, of the same step.
   */
  captureStep(given: readonly Tensor[], previous: TracedStep | undefined): StepCapture;

  /** Makes a replay of a step. The replay owns the trace from now on, and releases it. */
  replayOf(step: TracedStep): StepReplay;
}

/** Follows one run of a step. Exactly one of `finish` and `abandon` is called, at the end. */
export interface StepCapture extends StepObserver {
  /**
   * Flushes and ends the run.
   *
   * @param kept tensors that outlive the step, besides the variables. They stay the caller's.
   * @returns the trace; the caller releases it, or passes it to `replayOf`.
   */
  finish(kept: readonly Tensor[]): TracedStep;
  /** Ends a run that failed. */
  abandon(): void;
}

/** The record of one run of a step. */
export interface TracedStep {
  /** The reason why it can never be replayed. */
  readonly refusal: string | undefined;
  /** The difference from another run; undefined if one replay can replace both. */
  differenceFrom(other: TracedStep): string | undefined;
  /** Frees what the trace holds. */
  release(): void;
}

/** Runs a step without running its JavaScript. */
export interface StepReplay {
  /**
   * Flushes, then runs the step: assigns the variables that it assigned, and repeats what the capture was told.
   *
   * @param given as in the trace, with the same shapes and types. They stay the caller's.
   * @returns the tensors that the step keeps, in the active scope.
   */
  run(given: readonly Tensor[]): Tensor[];
  /** Frees the replay and its trace. */
  release(): void;
}

/** The backend in use, if it is a lazy one. */
export function lazyBackend(): LazyBackend | undefined {
  const current = backend() as Partial<LazyBackend>;
  return typeof current.captureStep === "function" ? (current as LazyBackend) : undefined;
}
