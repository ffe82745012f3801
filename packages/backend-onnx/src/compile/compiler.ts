import { availableParallelism } from "node:os";
import { GraphLowering } from "../lowering/graph-lowering.ts";
import type { Value } from "../lowering/value.ts";
import { GraphBuilder } from "../onnx/graph-builder.ts";
import type { Runtime } from "../ort/runtime.ts";
import type { BufferPool } from "../record/buffer-pool.ts";
import { type Compile, Plan } from "../record/plan.ts";
import type { Statistics } from "../record/statistics.ts";
import type { Storage } from "../record/storage.ts";
import type { Trace } from "../record/trace.ts";
import type { Shape } from "../tensor-spec.ts";
import { fuse } from "./fuse.ts";

/** Threads per operation; the host of several replicas sets it to the number of cores for each replica. */
const THREADS_VARIABLE = "ACC_ONNX_THREADS";

export type CompileTarget = {
  readonly runtime: Runtime;
  /** Channels per block of the layout for fast convolutions, 0 if it is not available. */
  readonly blockSize: number;
  readonly pool: BufferPool;
  readonly statistics: Statistics;
};

/** A compiler that lowers a trace to one graph and loads it. */
export function compilerFor(target: CompileTarget): Compile {
  return (trace, constants, wanted) => compile(target, trace, constants, wanted);
}

function compile(
  { runtime, blockSize, pool, statistics }: CompileTarget,
  trace: Trace,
  constants: readonly (number | undefined)[],
  wanted: ReadonlySet<number> | undefined,
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

/** Threads that ONNX Runtime splits one operation over. */
function threadsPerOperation(): number {
  const share = Number(process.env[THREADS_VARIABLE]);
  return Number.isInteger(share) && share > 0 ? share : availableParallelism();
}
