import { GraphBuilder } from "../onnx/graph-builder.ts";
import { sizeOf, type TensorSpec } from "../tensor-spec.ts";
import type { Runtime } from "./runtime.ts";

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
  const [product1, product2] = compute(runtime, builder, [
    [1, 2, 3, 4, 5, 6],
    [7, 8, 9, 10, 11, 12],
  ]);
  const results = `${product1} ${product2}`;
  if (results !== "58.5,64.5,139.5,154.5 58,64,139,154") {
    throw new Error(`its self-test gave ${results}`);
  }
}

/** The results of a model, run once; every input is float32. */
export function compute(
  runtime: Runtime,
  builder: GraphBuilder,
  inputs: readonly (readonly number[] | Float32Array)[],
): number[][] {
  const session = runtime.load(builder.encode(), 1);
  const given = inputs.map((values) => {
    const memory = runtime.allocate(values.length * Float32Array.BYTES_PER_ELEMENT);
    memory.view("float32", values.length).set(values);
    return memory;
  });
  const results = builder.outputs.map((port) => runtime.allocate(port.byteLength));
  try {
    session.run(given, results);
    return builder.outputs.map(({ dtype, shape }, i) =>
      Array.from(results[i]?.view(dtype, sizeOf(shape)) ?? []),
    );
  } finally {
    session.release();
    for (const memory of [...given, ...results]) runtime.forget(memory);
  }
}
