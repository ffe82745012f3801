import { customGrad, type GradSaveFunc, type Tensor } from "@tensorflow/tfjs-core";

export type Differentiable = {
  /** What the function is differentiated with respect to. */
  readonly inputs: readonly Tensor[];
  /** Computes the value, and what `backward` needs of inputs, outputs and steps in between. */
  readonly forward: () => { readonly value: Tensor; readonly saved: readonly Tensor[] };
  /** The gradients of the inputs, in their order, from that of the value. */
  readonly backward: (dy: Tensor, saved: readonly Tensor[]) => readonly Tensor[];
};

/** Runs a function that brings its own gradient: one entry on the tape, whatever it is made of. */
export function withGradient({ inputs, forward, backward }: Differentiable): Tensor {
  const run = customGrad((...args) => {
    const save = args.at(-1) as GradSaveFunc;
    const { value, saved } = forward();
    save([...saved]);
    return { value, gradFunc: (dy: Tensor, kept: Tensor[]) => [...backward(dy, kept)] };
  });
  return run(...inputs);
}
