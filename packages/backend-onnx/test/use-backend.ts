import * as tf from "@tensorflow/tfjs";
import { selectBackend } from "../../core/src/backend/select-backend.ts";
import "../src/index.ts";

/** The backends that train everywhere, with the kernels that core and this package add; cpu is the reference. */
export const BACKENDS = ["cpu", "wasm", "onnx"] as const;

export async function useBackend(name: (typeof BACKENDS)[number]): Promise<void> {
  if (name === "onnx") await tf.setBackend("onnx");
  else await selectBackend(name);
}
