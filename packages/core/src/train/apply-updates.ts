import type { Optimizer, Tensor } from "@tensorflow/tfjs-core";
import { updateVariables } from "../step/step-mark.ts";
import { applyFused, type Update } from "./fused-optimizer.ts";
import { applyGradientsOf } from "./local-updates.ts";

type NamedTensor = { name: string; tensor: Tensor };

/** One step of a `tf.train` optimizer, in kernels of the backend if it has them. */
export function applyUpdates(optimizer: Optimizer, updates: readonly Update[]): void {
  updateVariables(() => {
    if (applyFused(optimizer, updates)) return;
    const gradients = updates.map(({ variable, gradient }) => ({
      name: variable.name,
      tensor: gradient,
    }));
    applyGradientsOf(optimizer).call(optimizer, gradients as NamedTensor[]);
  });
}
