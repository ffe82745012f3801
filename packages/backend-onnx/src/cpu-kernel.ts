import { debuglog } from "node:util";
import {
  type DataId,
  findBackend,
  getKernel,
  type KernelBackend,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import type { OnnxBackend } from "./backend.ts";
import type { KernelInputs } from "./record/kernel.ts";

const debug = debuglog("acc-onnx");

/**
 * Computes a call with the kernel of the cpu backend: what ONNX Runtime has no operator for, strings,
 * complex numbers and empty tensors.
 */
export function cpuKernel(
  backend: OnnxBackend,
  kernelName: string,
  inputs: KernelInputs,
  attributes: unknown,
): TensorInfo | TensorInfo[] {
  if (backend.statistics.countFallback(kernelName)) {
    debug("%s is computed by the cpu backend", kernelName);
  }
  const kernel = getKernel(kernelName, "cpu");
  const cpu = findBackend("cpu") as CpuBackend;
  if (!kernel || !cpu) throw new Error(`The cpu backend has no kernel ${kernelName}.`);
  const copies: DataId[] = [];
  const copy = (tensor: TensorInfo): TensorInfo => {
    const copied = copyToCpu(backend, cpu, tensor);
    copies.push(copied.dataId);
    return copied;
  };
  const result = kernel.kernelFunc({
    inputs: mapInputs(inputs, copy) as Record<string, TensorInfo>,
    attrs: attributes as Record<string, never>,
    backend: cpu,
  });
  const take = (tensor: TensorInfo): TensorInfo => {
    const { dataId, shape, dtype } = tensor;
    const own = backend.write(cpu.readSync(dataId), shape, dtype);
    cpu.disposeData(dataId);
    return { dataId: own, shape, dtype };
  };
  const taken = Array.isArray(result) ? result.map(take) : take(result);
  for (const dataId of copies) cpu.disposeData(dataId);
  return taken;
}

type CpuBackend = KernelBackend & {
  readSync(dataId: DataId): Float32Array;
  makeTensorInfo(shape: number[], dtype: string, values?: unknown): TensorInfo;
};

function copyToCpu(
  backend: OnnxBackend,
  cpu: CpuBackend,
  { dataId, shape, dtype }: TensorInfo,
): TensorInfo {
  const values = backend.readSync(dataId);
  if (dtype !== "complex64") {
    // Some kernels ask for the rank, which tensors have and their descriptions have not.
    const tensor = { dataId: cpu.write(values, shape, dtype), shape, dtype, rank: shape.length };
    return tensor;
  }
  // Kept here as real and imaginary parts in turn; the cpu backend keeps two tensors.
  const pairs = values as Float32Array;
  const parts = [0, 1].map((offset) => {
    const part = Float32Array.from(
      { length: pairs.length / 2 },
      (_, i) => pairs[2 * i + offset] ?? 0,
    );
    return cpu.makeTensorInfo(shape, "float32", part);
  }) as [TensorInfo, TensorInfo];
  const [real, imag] = parts;
  const complex = getKernel("Complex", "cpu")?.kernelFunc({
    inputs: { real, imag },
    attrs: {},
    backend: cpu,
  });
  for (const part of parts) cpu.disposeData(part.dataId);
  return complex as TensorInfo;
}

/** Some kernels take a list, or lists among their named inputs. */
function mapInputs(inputs: KernelInputs, map: (tensor: TensorInfo) => TensorInfo): unknown {
  const mapAny = (input: TensorInfo | readonly TensorInfo[] | undefined): unknown => {
    if (input === undefined || input === null) return input;
    return "dataId" in input ? map(input) : input.map(map);
  };
  if (Array.isArray(inputs)) return inputs.map(map);
  return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, mapAny(input)]));
}
