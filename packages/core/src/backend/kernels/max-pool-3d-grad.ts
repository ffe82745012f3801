import {
  backend_util,
  type KernelBackend,
  type KernelFunc,
  type TensorInfo,
  type TypedArray,
} from "@tensorflow/tfjs-core";
import { spreadToLargest } from "./spread-to-largest.ts";

type Attributes = {
  readonly filterSize: number | [number, number, number];
  readonly strides: number | [number, number, number];
  readonly pad: "valid" | "same" | number;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
};

/**
 * Gradient of maximum pooling of volumes: it goes to the first largest value of every window. The stock kernel finds
 * the wrong place in windows whose height is not their width.
 */
export function maxPool3DGrad(): KernelFunc {
  return (call) => {
    const { dy, input } = call.inputs as { dy: TensorInfo; input: TensorInfo };
    const { filterSize, strides, pad, dimRoundingMode } = call.attrs as unknown as Attributes;
    const backend = call.backend as KernelBackend;
    const shape = input.shape as [number, number, number, number, number];
    const info = backend_util.computePool3DInfo(
      shape,
      filterSize,
      strides,
      1,
      pad,
      dimRoundingMode,
    );
    const [x, gradient] = [input, dy].map(({ dataId }) => backend.readSync(dataId) as TypedArray);
    const dx = new Float32Array((x as TypedArray).length);
    spreadToLargest(x as TypedArray, gradient as TypedArray, dx, info);
    return { dataId: backend.write(dx, shape, "float32"), shape, dtype: "float32" };
  };
}
