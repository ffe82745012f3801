import {
  type DataId,
  type DataType,
  findBackend,
  getKernel,
  type KernelBackend,
  type NamedAttrMap,
  type TensorInfo,
  type TypedArray,
} from "@tensorflow/tfjs-core";

/** The inputs of a kernel: named tensors, or a list of them. */
export type KernelTensors =
  | readonly TensorInfo[]
  | Readonly<Record<string, TensorInfo | readonly TensorInfo[] | undefined>>;

/** The backend that holds the tensors of a call. */
type TensorHolder = Pick<KernelBackend, "readSync" | "write">;

type CpuBackend = KernelBackend & {
  firstUse?: boolean;
  makeTensorInfo(shape: readonly number[], dtype: DataType, values?: unknown): TensorInfo;
};

/**
 * Computes a call with the kernel of tfjs's cpu backend, on copies of the inputs.
 *
 * @param backend holds the tensors; it reads and writes complex numbers as real and imaginary parts in turn.
 * @returns new tensors of that backend.
 */
export function computeOnCpu(
  backend: TensorHolder,
  kernelName: string,
  inputs: KernelTensors,
  attributes: unknown,
): TensorInfo | TensorInfo[] {
  const kernel = getKernel(kernelName, "cpu");
  const cpu = findBackend("cpu") as CpuBackend | null;
  if (!kernel || !cpu) throw new Error(`The cpu backend has no kernel ${kernelName}.`);
  cpu.firstUse = false; // else it advises another backend, though it is not the one in use
  const copies: DataId[] = [];
  const copy = (tensor: TensorInfo): TensorInfo => {
    const copied = copyToCpu(backend, cpu, tensor);
    copies.push(copied.dataId);
    return copied;
  };
  const take = ({ dataId, shape, dtype }: TensorInfo): TensorInfo => {
    const own = backend.write(ofType(dtype, cpu.readSync(dataId) as TypedArray), shape, dtype);
    cpu.disposeData(dataId);
    return { dataId: own, shape, dtype };
  };
  try {
    const result = kernel.kernelFunc({
      inputs: mapInputs(inputs, copy) as Record<string, TensorInfo>,
      attrs: attributes as NamedAttrMap,
      backend: cpu,
    });
    return Array.isArray(result) ? result.map(take) : take(result);
  } finally {
    for (const dataId of copies) cpu.disposeData(dataId);
  }
}

function copyToCpu(
  backend: TensorHolder,
  cpu: CpuBackend,
  { dataId, shape, dtype }: TensorInfo,
): TensorInfo {
  const values = backend.readSync(dataId) as TypedArray;
  if (dtype !== "complex64") {
    // Some kernels read the rank, which is a property of tensors but not of tensor infos.
    const tensor = { dataId: cpu.write(values, shape, dtype), shape, dtype, rank: shape.length };
    return tensor;
  }
  const [real, imag] = [0, 1].map((offset) => {
    const part = Float32Array.from(
      { length: values.length / 2 },
      (_, i) => values[2 * i + offset] ?? 0,
    );
    return cpu.makeTensorInfo(shape, "float32", part);
  }) as [TensorInfo, TensorInfo];
  const complex = getKernel("Complex", "cpu")?.kernelFunc({
    inputs: { real, imag },
    attrs: {},
    backend: cpu,
  });
  for (const part of [real, imag]) cpu.disposeData(part.dataId);
  return complex as TensorInfo;
}

/** The cpu backend may store int32 and bool in arrays of other types. */
function ofType(dtype: DataType, values: TypedArray): TypedArray {
  if (dtype === "int32" && !(values instanceof Int32Array)) return Int32Array.from(values);
  if (dtype === "bool" && !(values instanceof Uint8Array)) return Uint8Array.from(values);
  return values;
}

/** The inputs of some kernels are a list, or contain lists. */
function mapInputs(inputs: KernelTensors, map: (tensor: TensorInfo) => TensorInfo): unknown {
  const mapAny = (input: TensorInfo | readonly TensorInfo[] | undefined): unknown => {
    if (input === undefined || input === null) return input;
    return "dataId" in input ? map(input) : input.map(map);
  };
  if (Array.isArray(inputs)) return inputs.map(map);
  return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, mapAny(input)]));
}
