import { registerBackend } from "@tensorflow/tfjs-core";
import { OnnxBackend } from "./backend.ts";
import { probeBlockSize } from "./ort/block-size.ts";
import { describeRuntime } from "./ort/describe-runtime.ts";
import { openRuntime } from "./ort/open-runtime.ts";
import { registerAllKernels } from "./register-all-kernels.ts";
import { markStepsOfOptimizers } from "./step-mark.ts";

export { OnnxBackend } from "./backend.ts";
export type { Statistics } from "./statistics.ts";
export { markStep } from "./step-mark.ts";

/** Above every backend of tfjs: importing this package is the wish to use it. */
const PRIORITY = 10;

const { runtime, faults } = openRuntime();
/** `ACC_ONNX_LAYOUT=plain` computes convolutions without the blocked layout, as machines without it do. */
const blockSize = process.env.ACC_ONNX_LAYOUT === "plain" ? 0 : probeBlockSize(runtime);

/** Which ONNX Runtime was found, and how it is used. */
export const description: string = describeRuntime(runtime, blockSize, faults);

registerBackend("onnx", () => new OnnxBackend(runtime, blockSize), PRIORITY);
registerAllKernels("onnx");
markStepsOfOptimizers();
