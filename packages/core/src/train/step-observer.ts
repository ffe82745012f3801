import { scalar, type Tensor } from "@tensorflow/tfjs-core";

/**
 * Follows one run of a step that is to be replayed: hears what the backend cannot see. A replay does the
 * same in the same order.
 */
export type StepObserver = {
  /** A tensor was made of a number: the number is read again. */
  onScalar(scalar: { readonly tensor: Tensor; readonly read: () => number }): void;
  /** A tensor was made of an array: its content of then counts. */
  onArray(array: { readonly tensor: Tensor; readonly values: Float32Array }): void;
  /** The values of a tensor were copied to an array. */
  onRead(read: { readonly tensor: Tensor; readonly target: Float32Array }): void;
  /** State of JavaScript moved on. */
  onEffect(effect: () => void): void;
};

let observer: StepObserver | undefined;

/** The one that follows this thread's step, if any. */
export function stepObserver(): StepObserver | undefined {
  return observer;
}

/** Has `next` follow what happens from now on. @returns who did before. */
export function observeStep(next: StepObserver | undefined): StepObserver | undefined {
  const previous = observer;
  observer = next;
  return previous;
}

/** A scalar that differs from step to step, such as the learning rate. It belongs to the active scope. */
export function stepScalar(dtype: "float32" | "int32", read: () => number): Tensor {
  const tensor = scalar(read(), dtype);
  observer?.onScalar({ tensor, read });
  return tensor;
}

/** Changes state of JavaScript that a step depends on or leaves behind. */
export function stepEffect(effect: () => void): void {
  effect();
  observer?.onEffect(effect);
}
