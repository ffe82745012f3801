import {
  getKernel,
  type KernelBackend,
  type KernelFunc,
  type NamedAttrMap,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import { coveredSizes } from "./volume-sizes.ts";

/** A kernel over volumes of the cpu backend; it sees the part that the windows cover, where that is less than all. */
export function coveredVolume(stock: KernelFunc | undefined): KernelFunc {
  if (!stock) throw new Error("The backend has no such kernel for volumes.");
  return (call) => {
    const sizes = coveredSizes(call as Parameters<typeof coveredSizes>[0]);
    if (!sizes) return stock(call);
    const backend = call.backend as KernelBackend;
    const run = (name: string, x: TensorInfo, attrs: object) =>
      getKernel(name, "cpu").kernelFunc({
        inputs: { x },
        attrs: attrs as NamedAttrMap,
        backend,
      }) as TensorInfo;
    const { inputs } = call;
    const name = inputs.x ? "x" : "input";
    const volume = inputs[name];
    const { inputShape } = call.attrs as unknown as { readonly inputShape?: readonly number[] };
    const shape = inputShape ?? (volume as TensorInfo).shape;
    const covered = shape.map((length, axis) => sizes[axis - 1] ?? length);
    const part = volume && run("Slice", volume, { begin: shape.map(() => 0), size: covered });
    const attrs = (
      inputShape ? { ...call.attrs, inputShape: covered } : call.attrs
    ) as NamedAttrMap;
    const result = stock({ ...call, attrs, inputs: part ? { ...inputs, [name]: part } : inputs });
    if (part) backend.disposeData(part.dataId);
    // A gradient of the volume: nothing comes from what no window covers.
    if (name === "x" && volume) return result;
    const gradient = result as TensorInfo;
    const paddings = shape.map((length, axis) => [0, length - (covered[axis] as number)]);
    const whole = run("PadV2", gradient, { paddings, constantValue: 0 });
    backend.disposeData(gradient.dataId);
    return whole;
  };
}
