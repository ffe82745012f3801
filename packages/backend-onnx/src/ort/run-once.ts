import type { GraphBuilder } from "../onnx/graph-builder.ts";
import { sizeOf } from "../tensor-spec.ts";
import type { Runtime } from "./runtime.ts";

/** The results of a model, run once; every input is float32. */
export function runOnce(
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
