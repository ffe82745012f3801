import type { KernelFunc, Tensor } from "@tensorflow/tfjs-core";

/**
 * The same data under another tensor, as on the cpu backend; the stock kernel copies it. tfjs clones often,
 * and no kernel ever writes to its inputs.
 */
export function identity(): KernelFunc {
  return (call) => {
    const { dataId, shape, dtype } = (call.inputs as { x: Tensor }).x;
    (call.backend as { incRef(dataId: object): void }).incRef(dataId);
    return { dataId, shape, dtype };
  };
}
