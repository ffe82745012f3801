import { backend, getBackend } from "@tensorflow/tfjs-core";

/**
 * Frees what the backend holds outside of JavaScript, at the end of a replica: its thread is terminated from
 * outside, which leaves a native library no chance to do it.
 */
export function releaseBackend(): void {
  if (getBackend() === "onnx") backend().dispose();
}
