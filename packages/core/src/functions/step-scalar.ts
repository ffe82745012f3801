import { scalar, type Tensor } from "@tensorflow/tfjs-core";

type Scalar = { readonly tensor: Tensor; readonly read: () => number };

/** Follows one run of a step that is to be replayed. */
export type StepObserver = {
  /** A scalar was read from the host: read it again before every replay. */
  onScalar(scalar: Scalar): void;
  /** The host's own state moves on: do the same at every replay, in this order. */
  onEffect(effect: () => void): void;
};

let observer: StepObserver | undefined;

/** Reports scalars and effects to `next` from now on. @returns what was there before. */
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

/** Changes state of the host that a step depends on or leaves behind. */
export function stepEffect(effect: () => void): void {
  effect();
  observer?.onEffect(effect);
}
