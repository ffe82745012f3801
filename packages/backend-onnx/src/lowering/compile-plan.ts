import { GraphBuilder } from "../onnx/graph-builder.ts";
import type { Runtime } from "../ort/runtime.ts";
import type { BufferPool } from "../record/buffer-pool.ts";
import { Plan } from "../record/plan.ts";
import type { Storage } from "../record/storage.ts";
import type { Trace } from "../record/trace.ts";
import type { Statistics } from "../statistics.ts";
import type { Shape } from "../tensor-spec.ts";
import { fuse } from "./fuse.ts";
import { GraphLowering } from "./graph-lowering.ts";
import { threadsPerOperation } from "./threads.ts";
import type { Value } from "./value.ts";

export type CompileTarget = {
  readonly runtime: Runtime;
  readonly blockSize: number;
  readonly pool: BufferPool;
  readonly statistics: Statistics;
};

/**
 * Lowers a trace to one graph and loads it.
 *
 * @param constants numbers by leaf that become part of the graph; undefined for a leaf it takes as an input.
 * @param wanted places of the results that the graph gives; all by default.
 */
export function compilePlan(
  trace: Trace,
  constants: readonly (number | undefined)[],
  { runtime, blockSize, pool, statistics }: CompileTarget,
  wanted?: ReadonlySet<number>,
): Plan {
  const started = performance.now();
  const builder = new GraphBuilder();
  const lowering = new GraphLowering(builder, blockSize);
  const values = new Map<Storage, Value>();
  const inputLeaves: number[] = [];
  for (const [i, leaf] of trace.leaves.entries()) {
    const constant = constants[i];
    if (constant === undefined) {
      inputLeaves.push(i);
      values.set(leaf.storage, lowering.value(builder.input(leaf), leaf));
    } else values.set(leaf.storage, lowering.filled(constant, leaf));
  }
  for (const { kernel, inputs, inputShapes, attributes, outputs, outputSpecs } of fuse(trace)) {
    builder.scope = kernel.name;
    const seen = inputs.map((storage, i) =>
      lowering.reshaped(values.get(storage) as Value, inputShapes[i] as Shape),
    );
    const lowered = kernel.lower?.(lowering, seen, attributes, outputSpecs) ?? [];
    for (const [i, storage] of outputs.entries()) values.set(storage, lowered[i] as Value);
  }
  for (const [i, { storage, spec }] of trace.results.entries()) {
    if (wanted && !wanted.has(i)) continue;
    const value = values.get(storage) as Value;
    builder.output(lowering.whole(lowering.reshaped(value, spec.shape)), spec);
  }
  const session = runtime.load(builder.encode(), threadsPerOperation());
  statistics.compiles += 1;
  statistics.compileMs += performance.now() - started;
  statistics.graphNodes = builder.numNodes;
  return new Plan(session, inputLeaves, builder.outputs, pool, statistics);
}
