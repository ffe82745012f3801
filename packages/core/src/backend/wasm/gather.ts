import { backend_util, type KernelFunc, type Tensor, util } from "@tensorflow/tfjs-core";
import { computeOnHeap, type WasmHeap } from "./wasm-heap.ts";

type Attributes = { readonly axis: number; readonly batchDims: number };

/** Slices by index. The stock kernel reads past its input where batches have indices of their own. */
export function gather(stock: KernelFunc | undefined): KernelFunc {
  if (!stock) throw new Error("The wasm backend has no GatherV2.");
  return (call) => {
    const { axis, batchDims } = call.attrs as unknown as Attributes;
    if (batchDims === 0) return stock(call);
    const { x, indices } = call.inputs as { x: Tensor; indices: Tensor };
    const [parsedAxis = 0] = util.parseAxisParam(axis, x.shape);
    const { batchSize, outerSize, dimSize, sliceSize, outputShape } =
      backend_util.segment_util.collectGatherOpShapeInfo(x, indices, parsedAxis, batchDims);
    const perBatch = util.sizeFromShape(indices.shape) / batchSize;
    return computeOnHeap(
      call.backend as WasmHeap,
      outputShape,
      x.dtype,
      [x, indices],
      (output, values, places) => {
        for (const place of places) {
          util.assert(
            place >= 0 && place < dimSize,
            () => `GatherV2: the index value ${place} is not in [0, ${dimSize - 1}]`,
          );
        }
        for (let row = 0; row < batchSize * outerSize; row++) {
          const batch = Math.floor(row / outerSize);
          for (let i = 0; i < perBatch; i++) {
            const from = (row * dimSize + (places[batch * perBatch + i] as number)) * sliceSize;
            const to = (row * perBatch + i) * sliceSize;
            for (let j = 0; j < sliceSize; j++) output[to + j] = values[from + j] as number;
          }
        }
      },
    );
  };
}
