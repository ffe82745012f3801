import type { Tensor } from "@tensorflow/tfjs-core";
import type { FusedInputs, FusedKernels, FusedOutputs } from "./fused-kernel.ts";
import { runFused } from "./run-fused.ts";
import { withGradient } from "./with-gradient.ts";

/** The kernels of recurrent layers; the name of the gradient kernel ends in `Grad`. */
type RecurrentKernel = "AccGru" | "AccLstm";

type AllButFirst<List extends readonly unknown[]> = List extends [unknown, ...infer Rest]
  ? Rest
  : never;

/** A recurrent layer over all steps. */
export type Recurrence<Kernel extends RecurrentKernel> = {
  readonly kernel: Kernel;
  /** Differentiated with respect to all of them; all but the bias are kept for the gradient. */
  readonly inputs: FusedInputs<Kernel, Tensor>;
  /** The names of the outputs after the value. */
  readonly made: AllButFirst<FusedKernels[Kernel]["outputs"]>;
  readonly forward: () => FusedOutputs<Kernel, Tensor>;
  /** The gradients of the inputs, in their order. */
  readonly backward: (
    dy: Tensor,
    kept: Omit<FusedInputs<`${Kernel}Grad`, Tensor>, "dy">,
  ) => FusedOutputs<`${Kernel}Grad`, Tensor>;
};

/** Computes the value with the kernel of the backend, or with `forward` and `backward` if it has none. */
export function fusedRecurrence<Kernel extends RecurrentKernel>({
  kernel,
  inputs,
  made,
  forward,
  backward,
}: Recurrence<Kernel>): Tensor {
  const { bias: _, ...given } = inputs as Readonly<Record<string, Tensor>>;
  const names = [...Object.keys(given), "value", ...made];
  return withGradient({
    inputs: Object.values(inputs),
    forward: () => {
      const results = runFused(kernel, inputs, {}, forward) as readonly Tensor[];
      return { value: results[0] as Tensor, saved: [...Object.values(given), ...results] };
    },
    compose: () => forward()[0] as Tensor,
    backward: (dy, saved) => {
      const kept = Object.fromEntries(
        names.map((name, index) => [name, saved[index] as Tensor]),
      ) as FusedInputs<`${Kernel}Grad`, Tensor>;
      return runFused<`${Kernel}Grad`>(`${kernel}Grad`, { ...kept, dy }, {}, () =>
        backward(dy, kept),
      ) as readonly Tensor[];
    },
  });
}
