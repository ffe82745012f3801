import { debuglog } from "node:util";
import { computeOnCpu } from "@acc/core";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { KernelInputs } from "../lowering/kernel.ts";
import type { Device } from "./device.ts";

const debug = debuglog("acc-onnx");

/**
 * Computes a call with the kernel of the cpu backend: what ONNX Runtime has no operator for, strings,
 * complex numbers and empty tensors.
 */
export function cpuKernel(
  device: Device,
  kernelName: string,
  inputs: KernelInputs,
  attributes: unknown,
): TensorInfo | TensorInfo[] {
  if (device.statistics.countFallback(kernelName)) {
    debug("%s is computed by the cpu backend", kernelName);
  }
  return computeOnCpu(device, kernelName, inputs, attributes);
}
