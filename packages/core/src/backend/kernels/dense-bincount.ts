import {
  type KernelBackend,
  type KernelFunc,
  type TensorInfo,
  type TypedArray,
  util,
} from "@tensorflow/tfjs-core";

type Attributes = { readonly size: number; readonly binaryOutput?: boolean };

/** How often each number occurs; with `binaryOutput` whether it does, which the stock kernel ignores for vectors. */
export function denseBincount(stock: KernelFunc | undefined): KernelFunc {
  if (!stock) throw new Error("The backend has no DenseBincount.");
  return (call) => {
    const { x, weights } = call.inputs as { x: TensorInfo; weights: TensorInfo };
    const { size, binaryOutput } = call.attrs as unknown as Attributes;
    if (!binaryOutput || x.shape.length !== 1) return stock(call);
    const backend = call.backend as KernelBackend;
    const values = util.makeZerosTypedArray(size, weights.dtype as "float32");
    for (const value of backend.readSync(x.dataId) as TypedArray) {
      util.assert(value >= 0, () => "Input x must be non-negative!");
      if (value < size) values[value] = 1;
    }
    const dataId = backend.write(values, [size], weights.dtype);
    return { dataId, shape: [size], dtype: weights.dtype };
  };
}
