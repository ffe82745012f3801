import type { Tensor } from "@tensorflow/tfjs-core";
import { runFused } from "./fused-kernel.ts";
import { withGradient } from "./with-gradient.ts";

type Named<Names extends string> = Readonly<Record<Names, Tensor>>;

/** A recurrent layer over all steps; what `forward` makes beside the value is named `Made`. */
export type Recurrence<Given extends string, Made extends string> = {
  /** The kernel of the whole; its gradient has `Grad` behind the name. */
  readonly kernel: "AccGru" | "AccLstm";
  /** Differentiated with respect to all of them; all but the bias are kept for the gradient. */
  readonly inputs: Named<Given | "bias">;
  readonly made: readonly Made[];
  /** The value, then the tensors that `made` names, in its order. */
  readonly forward: () => Tensor[];
  /** The gradients of the inputs, in their order. */
  readonly backward: (dy: Tensor, kept: Named<Given | "value" | Made>) => Tensor[];
};

/** Computes the value with the kernel of the backend, or with `forward` and `backward` where it has none. */
export function fusedRecurrence<Given extends string, Made extends string>({
  kernel,
  inputs,
  made,
  forward,
  backward,
}: Recurrence<Given, Made>): Tensor {
  const { bias: _, ...given } = inputs;
  const names = [...Object.keys(given), "value", ...made];
  return withGradient({
    inputs: Object.values(inputs),
    forward: () => {
      const results = runFused(kernel, inputs, {}, forward);
      return { value: results[0] as Tensor, saved: [...Object.values<Tensor>(given), ...results] };
    },
    backward: (dy, saved) => {
      const kept = Object.fromEntries(names.map((name, index) => [name, saved[index] as Tensor]));
      return runFused(`${kernel}Grad`, { dy, ...kept }, {}, () =>
        backward(dy, kept as Named<Given | "value" | Made>),
      );
    },
  });
}
