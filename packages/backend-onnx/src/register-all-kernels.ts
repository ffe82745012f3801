import "@tensorflow/tfjs-backend-cpu";
import { getKernelsForBackend } from "@tensorflow/tfjs-core";
import { registerCpuKernel, registerOnnxKernel } from "./device/run-kernel.ts";
import { CONVOLUTION } from "./kernels/convolution/index.ts";
import { CREATION } from "./kernels/creation.ts";
import { ELEMENTWISE } from "./kernels/elementwise/index.ts";
import { IMAGE } from "./kernels/image/index.ts";
import { INDEXING } from "./kernels/indexing.ts";
import { MATRIX_PRODUCT } from "./kernels/matrix-product.ts";
import { NORMALIZATION } from "./kernels/normalization.ts";
import { POOLING } from "./kernels/pooling/index.ts";
import { REDUCTION } from "./kernels/reduction/index.ts";
import { SHAPE } from "./kernels/shape/index.ts";
import type { Kernel } from "./lowering/kernel.ts";
import { MACROS } from "./macros/all-macros.ts";

/** The kernels of tfjs that become part of a graph. */
export const KERNELS: readonly Kernel[] = [
  ...CONVOLUTION,
  ...CREATION,
  ...ELEMENTWISE,
  ...IMAGE,
  ...INDEXING,
  ...MATRIX_PRODUCT,
  ...NORMALIZATION,
  ...POOLING,
  ...REDUCTION,
  ...SHAPE,
];

/** Registers every kernel that the cpu backend has: as ONNX if there is such a kernel, otherwise the cpu kernel. */
export function registerAllKernels(backendName: string): void {
  for (const kernel of [...KERNELS, ...MACROS]) registerOnnxKernel(kernel, backendName);
  const lowered = new Set(KERNELS.map(({ name }) => name));
  for (const { kernelName } of getKernelsForBackend("cpu")) {
    if (!lowered.has(kernelName)) registerCpuKernel(kernelName, backendName);
  }
}
