import { backend, type DataId, type KernelBackend, type Tensor } from "@tensorflow/tfjs-core";
import type { StepObserver } from "../train/step-observer.ts";

/** A run of a step that a backend has followed. */
export type TracedStep = {
  /** Why it can never be replayed. */
  readonly refusal: string | undefined;
  /** What is different from another time; undefined if a replay may take the place of both. */
  differenceFrom(other: TracedStep): string | undefined;
  release(): void;
};

/** Runs a step without its JavaScript. */
export type StepReplay = {
  /** @returns the tensors that the step keeps, in the active scope. */
  run(given: readonly Tensor[]): Tensor[];
  release(): void;
};

/** Follows one run of a step. */
export type StepCapture = StepObserver & {
  /** @param kept tensors that the step leaves behind beside the variables. */
  finish(kept: readonly Tensor[]): TracedStep;
  /** Ends a run that failed. */
  abandon(): void;
};

/** What a backend can do that computes only when values are needed. */
export type LazyBackend = KernelBackend & {
  /** Copies the values of a tensor, unless they lie in `target` already. */
  readInto(dataId: DataId, target: Float32Array): void;
  /** As `placeIn` of tensor-values.ts describes it. */
  placeIn(target: Float32Array, dataId: DataId | undefined): boolean;
  captureStep(given: readonly Tensor[], previous: TracedStep | undefined): StepCapture;
  replayOf(step: TracedStep): StepReplay;
};

/** The backend in use, if it is a lazy one. */
export function lazyBackend(): LazyBackend | undefined {
  const current = backend() as Partial<LazyBackend>;
  return typeof current.captureStep === "function" ? (current as LazyBackend) : undefined;
}
