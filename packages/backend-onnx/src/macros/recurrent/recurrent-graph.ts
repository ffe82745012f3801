import type { GraphLowering } from "../../lowering/graph-lowering.ts";
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

/** Whether states have one column per sample, and not one row. */
export function isInColumns({ batch }: RecurrentSizes): boolean {
  return batch >= SMALLEST_BATCH_IN_COLUMNS;
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
}
