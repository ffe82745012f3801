import { type DataType, registerKernel, type TensorInfo } from "@tensorflow/tfjs-core";
import type { Kernel, KernelInputs, RecordedCall } from "../lowering/kernel.ts";
import type { AsCalled } from "../record/call.ts";
import type { Storage } from "../record/storage.ts";
import { isNumeric, type Shape, sizeOf } from "../tensor-spec.ts";
import { cpuKernel } from "./cpu-kernel.ts";
import type { Device } from "./device.ts";
import { attributesNow, inputsNow } from "./state-of-call.ts";

/** The part of the backend that kernels use. */
type DeviceOwner = { readonly device: Device };

/** Makes tfjs call a kernel, one of its own or a composite one, when the backend is active. */
export function registerOnnxKernel(kernel: Kernel, backendName: string): void {
  registerKernel({
    kernelName: kernel.name,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) =>
      runKernel((backend as DeviceOwner).device, kernel, inputs as KernelInputs, attrs),
  });
}

/** Makes tfjs call the kernel of the cpu backend when the backend is active. */
export function registerCpuKernel(kernelName: string, backendName: string): void {
  registerKernel({
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) =>
      cpuKernel((backend as DeviceOwner).device, kernelName, inputs as KernelInputs, attrs),
  });
}

/** Runs a kernel call; most calls are only recorded. */
function runKernel(
  device: Device,
  kernel: Kernel,
  inputs: KernelInputs,
  attributes: unknown,
): TensorInfo | TensorInfo[] {
  if (kernel.lower && device.recorder.tiers.isEager) {
    const outputs = computeNow(device, kernel.name, inputs, attributes);
    if (outputs) return kernel.returnsList && !Array.isArray(outputs) ? [outputs] : outputs;
  }
  const seen = inputsNow(inputs);
  const settings = attributesNow(attributes);
  const tensors = (Array.isArray(seen) ? seen : Object.values(seen)).filter(Boolean);
  const answer = tensors.every(isComputable) ? kernel.record(seen, settings) : undefined;
  if (!answer) return cpuKernel(device, kernel.name, inputs, attributes);
  if ("alias" in answer) return alias(device, answer.alias, answer.shape);
  if ("values" in answer) {
    const { values, spec } = answer;
    return tensorOver(device, device.store.create(spec.dtype, values), spec.shape, spec.dtype);
  }
  if (answer.outputs.some(({ shape }) => sizeOf(shape) === 0)) {
    return cpuKernel(device, kernel.name, inputs, attributes);
  }
  const outputs =
    copyRange(device, answer) ??
    record(device, kernel, answer, { inputs: seen, attributes: settings, tensors: answer.inputs });
  return kernel.returnsList || outputs.length > 1 ? outputs : (outputs[0] as TensorInfo);
}

/** Computes a call without recording it; undefined if that is not possible. */
function computeNow(
  device: Device,
  kernelName: string,
  inputs: KernelInputs,
  attributes: unknown,
): TensorInfo | TensorInfo[] | undefined {
  const { eager, recorder } = device;
  recorder.watchJob();
  const { segment } = recorder.tiers;
  const storageOf = (tensor: TensorInfo) => storageAs(device, tensor);
  const outputs = eager.answer(kernelName, inputs, attributes, storageOf, segment);
  if (!outputs) return undefined;
  const own = (output: TensorInfo) => {
    const storage = eager.storageIn(output);
    storage.segment = segment;
    return tensorOver(device, storage, output.shape, output.dtype);
  };
  return Array.isArray(outputs) ? outputs.map(own) : own(outputs);
}

/** The kernels that only change a shape: another tensor over the same values. */
function alias(device: Device, { dataId, dtype }: TensorInfo, shape: Shape): TensorInfo {
  device.storageOf(dataId).references += 1;
  return { dataId, shape: [...shape], dtype };
}

function record(
  device: Device,
  kernel: Kernel,
  call: RecordedCall<unknown>,
  asCalled: AsCalled,
): TensorInfo[] {
  const storages = call.inputs.map((tensor) => storageAs(device, tensor));
  const shapes: Shape[] = call.inputs.map(({ shape }) => shape);
  for (const scalar of call.scalars ?? []) {
    storages.push(device.store.createScalar(scalar.dtype, scalar.value));
    shapes.push([]);
  }
  const outputs = device.recorder.record(kernel, call, storages, shapes, asCalled);
  return outputs.map((storage, i) => {
    const { shape, dtype } = call.outputs[i] as (typeof call.outputs)[number];
    return tensorOver(device, storage, shape, dtype);
  });
}

/**
 * Copies a contiguous part of known values. Its start differs from batch to batch, and a graph that contained it would
 * be compiled again for each.
 */
function copyRange(
  device: Device,
  { inputs, outputs, rangeStart }: RecordedCall<unknown>,
): TensorInfo[] | undefined {
  const [input] = inputs;
  const [output] = outputs;
  if (rangeStart === undefined || !input || !output) return undefined;
  // A captured step would replay what was copied out of its inputs this time.
  if (device.observer || device.recorder.tiers.isEager) return undefined;
  const source = storageAs(device, input);
  if (source.producer || source.failure) return undefined;
  const values = device.store
    .valuesOf(source)
    .subarray(rangeStart, rangeStart + sizeOf(output.shape));
  const copy = device.store.create(output.dtype, values);
  device.recorder.reclaim(source); // if it was converted only for this
  return [tensorOver(device, copy, output.shape, output.dtype)];
}

/** The storage of a tensor in the tensor's type: moved from cpu, whose cast to float32 only renames. */
function storageAs(device: Device, { dataId, dtype }: TensorInfo): Storage {
  const storage = device.storageOf(dataId);
  if (storage.dtype === dtype) return storage;
  const converted = device.store.create(dtype, device.readSync(dataId));
  converted.references = 0;
  return converted;
}

function tensorOver(device: Device, storage: Storage, shape: Shape, dtype: DataType): TensorInfo {
  return { dataId: device.store.add(storage), shape: [...shape], dtype };
}

function isComputable({ dtype, shape }: TensorInfo): boolean {
  return isNumeric(dtype) && sizeOf(shape) > 0;
}
