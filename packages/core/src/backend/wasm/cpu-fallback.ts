import {
  getKernel,
  getKernelsForBackend,
  type KernelBackend,
  type KernelFunc,
  registerKernel,
  type TensorInfo,
  type TypedArray,
  unregisterKernel,
  util,
} from "@tensorflow/tfjs-core";
import { computeOnCpu, type KernelTensors } from "../kernels/cpu-kernel.ts";
import { isLeftToCpu } from "./left-to-cpu.ts";
import type { WasmHeap } from "./wasm-heap.ts";
import { takeFailure } from "./xnnpack-failures.ts";

/** Kernels that pass data on without reading it. */
const ANY_TYPE = new Set(["Identity", "Reshape", "ExpandDims"]);

/**
 * Lets the cpu backend compute, on copies, what the wasm backend has no kernel for, refuses, or computes wrongly:
 * strings, complex numbers, tensors without elements, the calls of `isLeftToCpu`, and those that XNNPACK refuses.
 */
export function registerCpuFallback(): void {
  for (const kernel of getKernelsForBackend("wasm")) {
    const { kernelName, kernelFunc } = kernel;
    if (ANY_TYPE.has(kernelName) || !getKernel(kernelName, "cpu")) continue;
    unregisterKernel(kernelName, "wasm");
    const onCpu = cpuKernel(kernelName);
    registerKernel({
      ...kernel,
      kernelFunc: (call) => {
        if (hasNoNumbers(call.inputs) || isLeftToCpu(kernelName, call)) return onCpu(call);
        const outputs = kernelFunc(call);
        if (!takeFailure()) return outputs;
        for (const { dataId } of [outputs].flat())
          (call.backend as KernelBackend).disposeData(dataId);
        return onCpu(call);
      },
    });
  }
  for (const { kernelName } of getKernelsForBackend("cpu")) {
    if (getKernel(kernelName, "wasm")) continue;
    registerKernel({
      kernelName,
      backendName: "wasm",
      kernelFunc: cpuKernel(kernelName),
      ...(kernelName === "Complex" ? { setupFunc: readComplexNumbers } : {}),
    });
  }
}

function cpuKernel(kernelName: string): KernelFunc {
  return ({ inputs, attrs, backend }) =>
    computeOnCpu(backend as KernelBackend, kernelName, inputs as KernelTensors, attrs);
}

/** The compiled kernels read and write outside of tensors without elements. */
function hasNoNumbers(inputs: KernelFuncInputs): boolean {
  for (const name in inputs) {
    const input = inputs[name];
    if (input?.dtype === "string" || input?.dtype === "complex64") return true;
    if (input?.shape.includes(0)) return true;
  }
  return false;
}

type KernelFuncInputs = Readonly<Record<string, TensorInfo | undefined>>;

/** The heap stores complex numbers as pairs of float32; the wasm backend itself cannot read them. */
function readComplexNumbers(backend: unknown): void {
  const heap = backend as WasmHeap & KernelBackend;
  const readNumbers = heap.readSync.bind(heap) as (...range: unknown[]) => TypedArray;
  heap.readSync = (dataId, ...range: unknown[]) => {
    const { dtype, memoryOffset, shape } = heap.dataIdMap.get(dataId);
    if (dtype !== "complex64") return readNumbers(dataId, ...range);
    return new Float32Array(
      heap.wasm.HEAPU8.buffer,
      memoryOffset,
      2 * util.sizeFromShape([...shape]),
    ).slice();
  };
}
