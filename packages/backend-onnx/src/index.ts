import {
  type BackendModule,
  recordOutputsFirst,
  registerCpuKernels,
  registerGradients,
} from "@acc/core";
import { registerBackend } from "@tensorflow/tfjs-core";
import { OnnxBackend } from "./backend.ts";
import { describeRuntime } from "./ort/describe-runtime.ts";
import { probeRuntime } from "./ort/probe-runtime.ts";
import { patchOptimizers } from "./patch-optimizers.ts";
import { registerAllKernels } from "./register-all-kernels.ts";

export { OnnxBackend } from "./backend.ts";
export { markStep } from "./mark-step.ts";
export type { Statistics } from "./record/statistics.ts";

/** Higher than every backend of tfjs, because a script that imports this package wants to use it. */
const PRIORITY = 10;

/**
 * Opens ONNX Runtime in this thread, unless it is open, and describes its version and how it is called.
 *
 * @throws {AcceleratorError} `BACKEND_UNAVAILABLE` if none can be used, with all that was tried.
 */
export const describeBackend: BackendModule["describeBackend"] = () => {
  const { runtime, blockSize, faults } = probeRuntime();
  return describeRuntime(runtime, blockSize, faults);
};

/** tfjs calls it when the backend is first used; until then nothing is opened and nothing is patched. */
function createBackend(): OnnxBackend {
  const { runtime, blockSize } = probeRuntime();
  recordOutputsFirst();
  registerCpuKernels();
  registerGradients();
  patchOptimizers();
  return new OnnxBackend(runtime, blockSize);
}

registerBackend("onnx", createBackend, PRIORITY);
registerAllKernels("onnx");
