import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { GraphLowering } from "../../lowering/graph-lowering.ts";
import type { Value } from "../../lowering/value.ts";
import type { Shape, TensorSpec } from "../../tensor-spec.ts";

export type RecurrentSizes = {
  readonly batch: number;
  readonly steps: number;
  readonly features: number;
  readonly units: number;
};

export const float = (...shape: Shape): TensorSpec => ({ shape, dtype: "float32" });

/** Smaller batches are faster in rows: the products of columns are too narrow then. */
const SMALLEST_BATCH_IN_COLUMNS = 16;

/** How a graph computes a recurrent layer, or its gradient. */
export type RecurrentLowering = (
  graph: GraphLowering,
  inputs: readonly Value[],
  sizes: RecurrentSizes,
  outputs: readonly TensorSpec[],
) => readonly Value[];

/** The faster of two ways: states have one column per sample, or one row. By the size of the batch alone. */
export function byBatch(
  inColumns: RecurrentLowering,
  inRows: RecurrentLowering,
): RecurrentLowering {
  return (graph, inputs, sizes, outputs) => {
    const lower = sizes.batch >= SMALLEST_BATCH_IN_COLUMNS ? inColumns : inRows;
    return lower(graph, inputs, sizes, outputs);
  };
}

export function sizesOf(x: TensorInfo, recurrentKernel: TensorInfo): RecurrentSizes {
  const [batch, steps, features] = x.shape as [number, number, number];
  return { batch, steps, features, units: recurrentKernel.shape[0] as number };
}

/** What builds recurrent layers, unrolled over time, however their states lie. */
export class RecurrentGraph {
  readonly sizes: RecurrentSizes;
  protected readonly graph: GraphLowering;

  constructor(graph: GraphLowering, sizes: RecurrentSizes) {
    this.graph = graph;
    this.sizes = sizes;
  }

  op(operator: "Add" | "Mul" | "Sub" | "Tanh" | "Sigmoid", ...inputs: string[]): string {
    return this.graph.node(operator, inputs);
  }

  /** `1 - x` */
  complement(x: string): string {
    return this.op("Sub", this.graph.scalar(1), x);
  }

  reshape(name: string, ...shape: number[]): string {
    return this.graph.reshape(name, shape);
  }

  concat(parts: readonly string[], axis: number): string {
    return parts.length === 1 ? (parts[0] as string) : this.graph.node("Concat", parts, { axis });
  }

  split(name: string, axis: number, sizes: readonly number[]): string[] {
    if (sizes.length === 1) return [name];
    const inputs = [name, this.graph.integers(sizes)];
    return this.graph.nodes("Split", inputs, { axis }, sizes.length);
  }

  /** Results that these names hold in full. */
  valuesOf(names: readonly string[], outputs: readonly TensorSpec[]): Value[] {
    return outputs.map((output, i) => this.graph.value(names[i] as string, output));
  }
}
