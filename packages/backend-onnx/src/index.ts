import { registerBackend } from "@tensorflow/tfjs-core";
import { OnnxBackend } from "./backend.ts";
import { probeBlockSize } from "./ort/block-size.ts";
import { openRuntime } from "./ort/open-runtime.ts";
import { registerAllKernels } from "./register-all-kernels.ts";
import { markStepsOfOptimizers } from "./step-mark.ts";

export { OnnxBackend } from "./backend.ts";
export type { Statistics } from "./statistics.ts";
export { markStep } from "./step-mark.ts";

/** Above every backend of tfjs: importing this package is the wish to use it. */
const PRIORITY = 10;

const { runtime } = openRuntime();
registerBackend("onnx", () => new OnnxBackend(runtime, probeBlockSize(runtime)), PRIORITY);
registerAllKernels("onnx");
markStepsOfOptimizers();
