import { batchNormalization } from "../kernels/batch-normalization.ts";
import { coveredVolume } from "../kernels/covered-volume.ts";
import { cumulative } from "../kernels/cumulative.ts";
import { denseBincount } from "../kernels/dense-bincount.ts";
import { maxPool3DGrad } from "../kernels/max-pool-3d-grad.ts";
import { type KernelReplacement, replaceKernel } from "../kernels/replace-kernel.ts";
import { resizeBilinearGrad, resizeNearestNeighborGrad } from "../kernels/resize-gradient.ts";

/** Replacements for kernels that are wrong in tfjs's cpu backend. */
const CPU_KERNELS: Readonly<Record<string, KernelReplacement>> = {
  AvgPool3D: coveredVolume,
  AvgPool3DGrad: coveredVolume,
  Conv3D: coveredVolume,
  Conv3DBackpropFilterV2: coveredVolume,
  Conv3DBackpropInputV2: coveredVolume,
  Cumprod: cumulative,
  Cumsum: cumulative,
  DenseBincount: denseBincount,
  FusedBatchNorm: batchNormalization,
  MaxPool3D: coveredVolume,
  MaxPool3DGrad: () => coveredVolume(maxPool3DGrad()),
  ResizeBilinearGrad: resizeBilinearGrad,
  ResizeNearestNeighborGrad: resizeNearestNeighborGrad,
};

let registered = false;

/** Corrects the cpu backend of this thread, once. Other backends use it where they have no kernel. */
export function registerCpuKernels(): void {
  if (registered) return;
  registered = true;
  for (const [name, kernel] of Object.entries(CPU_KERNELS)) replaceKernel(name, "cpu", kernel);
}
