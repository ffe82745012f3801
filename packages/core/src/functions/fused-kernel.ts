import {
  engine,
  getBackend,
  getKernel,
  type NamedAttrMap,
  type Tensor,
} from "@tensorflow/tfjs-core";

/**
 * Kernels of whole functions that a backend may register under these names. Their inputs, attributes and
 * outputs are those of the calls in this folder and in `train/fused-optimizer.ts`; where a backend lacks
 * one, the function is composed of tfjs operations.
 */
export type FusedKernel =
  | "AccLayerNorm"
  | "AccLayerNormGrad"
  | "AccGelu"
  | "AccGeluGrad"
  | "AccSoftmaxCrossEntropy"
  | "AccSoftmaxCrossEntropyGrad"
  | "AccAttentionSoftmax"
  | "AccAttentionSoftmaxGrad"
  | "AccLstm"
  | "AccLstmGrad"
  | "AccGru"
  | "AccGruGrad"
  | "AccDropout"
  | "AccSgd"
  | "AccMomentum"
  | "AccAdam"
  | "AccRmsProp";

/** Whether the backend in use has the kernel. */
export function hasFusedKernel(name: FusedKernel): boolean {
  return getKernel(name, getBackend()) !== undefined;
}

/**
 * Runs the kernel of the backend in use, or `compose` where it has none, or for tensors that are empty or not
 * float32. Either gives the same number of
 * tensors, which belong to the active scope.
 */
export function runFused(
  name: FusedKernel,
  inputs: Readonly<Record<string, Tensor>>,
  attributes: NamedAttrMap,
  compose: () => Tensor[],
): Tensor[] {
  const isOrdinary = Object.entries(inputs).every(
    ([input, { dtype, size }]) => size > 0 && (dtype === "float32" || input === "key"),
  );
  if (!isOrdinary || !hasFusedKernel(name)) return compose();
  const outputs = engine().runKernel<Tensor | Tensor[]>(name, { ...inputs }, attributes);
  return Array.isArray(outputs) ? outputs : [outputs];
}
