import { engine, getBackend, getKernel, type Tensor } from "@tensorflow/tfjs-core";
import type { FusedAttributes, FusedInputs, FusedKernel, FusedOutputs } from "./fused-kernel.ts";

/** Whether the active backend has the kernel. */
export function hasFusedKernel(name: FusedKernel): boolean {
  return getKernel(name, getBackend()) !== undefined;
}

/**
 * Runs the kernel of the active backend, or `compose` if it has none, or if tensors are empty or not float32. Both
 * return the outputs of the kernel in order; they belong to the active scope.
 */
export function runFused<Name extends FusedKernel>(
  name: Name,
  inputs: FusedInputs<Name, Tensor>,
  attributes: FusedAttributes<Name>,
  compose: () => FusedOutputs<Name, Tensor>,
): FusedOutputs<Name, Tensor> {
  const given: Readonly<Record<string, Tensor>> = inputs;
  const isOrdinary = Object.entries(given).every(
    ([input, { dtype, size }]) => size > 0 && (dtype === "float32" || input === "key"),
  );
  if (!isOrdinary || !hasFusedKernel(name)) return compose();
  const outputs = engine().runKernel<Tensor | Tensor[]>(name, { ...given }, { ...attributes });
  return (Array.isArray(outputs) ? outputs : [outputs]) as FusedOutputs<Name, Tensor>;
}
