import type { KernelFunc, TensorInfo } from "@tensorflow/tfjs-core";

/** Cumulative sums and products, also for a negative axis, for which tfjs's kernels write past the output. */
export function cumulative(stock: KernelFunc | undefined): KernelFunc {
  if (!stock) throw new Error("The backend has no cumulative kernel.");
  return (call) => {
    const { axis } = call.attrs as unknown as { readonly axis: number };
    if (axis >= 0) return stock(call);
    const { x } = call.inputs as { x: TensorInfo };
    return stock({ ...call, attrs: { ...call.attrs, axis: axis + x.shape.length } });
  };
}
