import { GraphBuilder } from "../onnx/graph-builder.ts";
import type { TensorSpec } from "../tensor-spec.ts";
import { runOnce } from "./run-once.ts";
import type { Runtime } from "./runtime.ts";

/** A matrix product plus 0.5, as floats and as integers. */
const EXPECTED = "58.5,64.5,139.5,154.5 58,64,139,154";

/**
 * Verifies that a runtime computes: passes arrays in and out of a small model and checks the numbers.
 *
 * @throws if they are wrong.
 */
export function selfTest(runtime: Runtime): void {
  const builder = new GraphBuilder();
  const a = builder.input({ shape: [2, 3], dtype: "float32" });
  const b = builder.input({ shape: [3, 2], dtype: "float32" });
  const product = builder.node("MatMul", [a, b]);
  const sum = builder.node("Add", [product, builder.constant([0.5], [], "float32")]);
  const spec: TensorSpec = { shape: [2, 2], dtype: "float32" };
  builder.output(sum, spec);
  builder.output(builder.node("Cast", [sum], { to: 6 }), { ...spec, dtype: "int32" });
  const results = runOnce(runtime, builder, [
    [1, 2, 3, 4, 5, 6],
    [7, 8, 9, 10, 11, 12],
  ]);
  if (results.join(" ") !== EXPECTED) {
    throw new Error(`its self-test gave ${results.join(" ")}, not ${EXPECTED}`);
  }
}
