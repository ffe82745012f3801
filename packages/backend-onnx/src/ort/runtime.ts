import type { ModelBytes } from "../onnx/model.ts";
import type { Memory } from "./memory.ts";

/** How ONNX Runtime is called: its C interface directly, or through the binding of `onnxruntime-node`. */
export type ExecutionPath = "ffi" | "binding";

/** One model, ready to run. */
export type Session = {
  /** One memory per input and output, in the order of the ports. */
  run(inputs: readonly Memory[], outputs: readonly Memory[]): void;
  release(): void;
};

/** ONNX Runtime in this thread. */
export type Runtime = {
  readonly path: ExecutionPath;
  readonly version: string;
  /** Path of the native library. */
  readonly library: string;
  /** Memory of at least this many bytes, zeroed. */
  allocate(byteLength: number): Memory;
  /** Frees what ONNX Runtime keeps for a memory that is not used any more. */
  forget(memory: Memory): void;
  /** Prepares a model in ONNX format for running with `numThreads` threads per operation. */
  load(model: ModelBytes, numThreads: number): Session;
};
