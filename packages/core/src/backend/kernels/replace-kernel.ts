import {
  getKernel,
  type KernelConfig,
  type KernelFunc,
  registerKernel,
  unregisterKernel,
} from "@tensorflow/tfjs-core";

/** A kernel as tfjs calls it; `stock` is the backend's original kernel, if it has one. */
export type KernelReplacement = (stock: KernelFunc | undefined) => KernelFunc;

/**
 * Replaces the original kernel of a backend. The new kernel may be written in tfjs operations, which run as kernels
 * of the same backend; tfjs records no gradients inside a kernel.
 */
export function replaceKernel(
  kernelName: string,
  backendName: string,
  kernel: KernelReplacement,
): void {
  const stock: KernelConfig | undefined = getKernel(kernelName, backendName);
  if (stock) unregisterKernel(kernelName, backendName);
  registerKernel({
    ...stock, // its setup binds the compiled function, which our kernel may call
    kernelName,
    backendName,
    kernelFunc: kernel(stock?.kernelFunc),
  });
}
