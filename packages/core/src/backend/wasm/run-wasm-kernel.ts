import { getKernel, type KernelBackend, type TensorInfo } from "@tensorflow/tfjs-core";

/** Calls a kernel of the wasm backend that has one output, past tfjs's engine. The output is the caller's. */
export function runWasmKernel(
  backend: KernelBackend,
  kernelName: string,
  inputs: Record<string, TensorInfo>,
  attributes: Readonly<Record<string, unknown>> = {},
): TensorInfo {
  const { kernelFunc } = getKernel(kernelName, "wasm");
  const attrs = attributes as Parameters<typeof kernelFunc>[0]["attrs"];
  return kernelFunc({ inputs, ...(attrs ? { attrs } : {}), backend }) as TensorInfo;
}
