import { backend } from "@tensorflow/tfjs-core";
import { OnnxBackend } from "./backend.ts";

/**
 * Ends a training step: the onnx backend computes all that was recorded since the last one. Optimizers of
 * tfjs and of `@acc/core` do it by themselves; call it in loops that use neither. Without it a step ends
 * when a value is read, and may then keep values that only the backward pass needed. Other backends ignore
 * it.
 */
export function markStep(): void {
  activeOnnxBackend()?.markStep();
}

/** The backend that tfjs uses in this thread, if it is one of this package. */
export function activeOnnxBackend(): OnnxBackend | undefined {
  const active = backend();
  return active instanceof OnnxBackend ? active : undefined;
}
