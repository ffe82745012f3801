import {
  getKernel,
  type KernelConfig,
  type KernelFunc,
  registerKernel,
  unregisterKernel,
} from "@tensorflow/tfjs-core";

/** A kernel as tfjs calls it; `stock` is the one that the backend brought, if it has one. */
export type WasmKernel = (stock: KernelFunc | undefined) => KernelFunc;

/**
 * Puts a kernel in the place of the wasm backend's own. Our kernels are written in tfjs operations, which
 * run as wasm kernels themselves; tfjs records no gradients inside a kernel.
 */
export function replaceKernel(kernelName: string, kernel: WasmKernel): void {
  const stock: KernelConfig | undefined = getKernel(kernelName, "wasm");
  if (stock) unregisterKernel(kernelName, "wasm");
  registerKernel({
    ...stock, // its setup binds the compiled function that our kernel may go on calling
    kernelName,
    backendName: "wasm",
    kernelFunc: kernel(stock?.kernelFunc),
  });
}
