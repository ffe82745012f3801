import { type KernelFunc, slice_util, type TensorInfo } from "@tensorflow/tfjs-core";

/** A slice within the bounds of its input; the stock kernel reads past them. */
export function slice(stock: KernelFunc | undefined): KernelFunc {
  if (!stock) throw new Error("The wasm backend has no Slice.");
  return (call) => {
    const { x } = call.inputs as { x: TensorInfo };
    const { begin, size } = call.attrs as unknown as { begin: number[]; size: number[] };
    const [from, lengths] = slice_util.parseSliceParams(x as never, begin, size);
    slice_util.assertParamsValid(x as never, from as number[], lengths as number[]);
    return stock(call);
  };
}
