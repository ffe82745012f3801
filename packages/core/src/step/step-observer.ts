import { scalar, type Tensor } from "@tensorflow/tfjs-core";

/**
 * Follows one run of a step that is to be replayed, and is told what the backend cannot see. A replay repeats it in
 * the same order.
 */
export type StepObserver = {
  /** A tensor was made from a number: a replay reads the number again. */
  onScalar(scalar: { readonly tensor: Tensor; readonly read: () => number }): void;
  /** A tensor was made from an array: a replay uses the content that the array had then. */
  onArray(array: { readonly tensor: Tensor; readonly values: Float32Array }): void;
  /** The values of a tensor were copied to an array. */
  onRead(read: { readonly tensor: Tensor; readonly target: Float32Array }): void;
  /** JavaScript state changed. */
  onEffect(effect: () => void): void;
};

let observer: StepObserver | undefined;

/** The observer of this thread's step, if there is one. */
export function stepObserver(): StepObserver | undefined {
  return observer;
}

/** Makes `next` the observer from now on. @returns the observer before it. */
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

/** Changes JavaScript state that a step reads or leaves behind. */
export function stepEffect(effect: () => void): void {
  effect();
  observer?.onEffect(effect);
}
