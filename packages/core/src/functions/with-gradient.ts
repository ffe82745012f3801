import { customGrad, type GradSaveFunc, type Tensor } from "@tensorflow/tfjs-core";
import { isRecording, withoutGradients } from "../step/autograd.ts";
import { mayDifferentiateTwice, recordedGradients } from "../step/second-derivatives.ts";

export type Differentiable = {
  /** What the function is differentiated with respect to. */
  readonly inputs: readonly Tensor[];
  /** Computes the value, and the inputs, outputs and intermediate results that `backward` needs. */
  readonly forward: () => { readonly value: Tensor; readonly saved: readonly Tensor[] };
  /** The gradients of the inputs, in their order, from the gradient of the value. */
  readonly backward: (dy: Tensor, saved: readonly Tensor[]) => readonly Tensor[];
  /** The value as operations of tfjs, which have gradients of any order. */
  readonly compose: () => Tensor;
};

/**
 * Runs a function with a custom gradient: one entry on the tape, however many operations it runs. If second
 * derivatives may be taken, the function is composed of tfjs operations instead.
 */
export function withGradient({ inputs, forward, backward, compose }: Differentiable): Tensor {
  if (mayDifferentiateTwice()) return compose();
  const run = customGrad((...args) => {
    const save = args.at(-1) as GradSaveFunc;
    const { value, saved } = forward();
    save([...saved]);
    const gradFunc = (dy: Tensor, kept: Tensor[]) =>
      // A value of the step on which a `tf.grad` inside the step depends.
      isRecording() ? recordedGradients(compose, inputs, dy) : [...backward(dy, kept)];
    return { value, gradFunc };
  });
  return run(...inputs);
}

/** A tensor that a composed function does not differentiate. */
export function constantOf(tensor: Tensor): Tensor {
  return withoutGradients(() => tensor.clone());
}
