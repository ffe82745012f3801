import type { GraphLowering } from "../lowering/graph-lowering.ts";
import type { Value } from "../lowering/value.ts";
import type { Shape, TensorSpec } from "../tensor-spec.ts";

export type RecurrentSizes = {
  readonly batch: number;
  readonly steps: number;
  readonly features: number;
  readonly units: number;
};

export const float = (...shape: Shape): TensorSpec => ({ shape, dtype: "float32" });

/**
 * Builds recurrent layers, unrolled over time. Here a sequence is a matrix with one row per step and sample,
 * ordered by step: each step is contiguous, so it is a matrix without a copy.
 */
export class RecurrentGraph {
  readonly sizes: RecurrentSizes;
  readonly #graph: GraphLowering;

  constructor(graph: GraphLowering, sizes: RecurrentSizes) {
    this.#graph = graph;
    this.sizes = sizes;
  }

  op(operator: "Add" | "Mul" | "Sub" | "Tanh" | "Sigmoid", ...inputs: string[]): string {
    return this.#graph.node(operator, inputs);
  }

  reshape(name: string, ...shape: number[]): string {
    return this.#graph.reshape(name, shape);
  }

  /** A sequence from `[time, batch, n]`. */
  rowsOf(value: Value): string {
    const [steps, batch, width] = value.shape as [number, number, number];
    return this.#graph.whole(this.#graph.reshaped(value, [steps * batch, width]));
  }

  /** A sequence from `[batch, time, n]`. */
  rowsOfBatches(value: Value): string {
    const [batch, steps, width] = value.shape as [number, number, number];
    const swapped = this.#graph.transpose(this.#graph.whole(value), [1, 0, 2]);
    return this.reshape(swapped, steps * batch, width);
  }

  /** A sequence as `[batch, time, width]`. */
  batchFirst(rows: string, width: number): string {
    const { steps, batch } = this.sizes;
    return this.#graph.transpose(this.reshape(rows, steps, batch, width), [1, 0, 2]);
  }

  concat(parts: readonly string[], axis: number): string {
    return parts.length === 1 ? (parts[0] as string) : this.#graph.node("Concat", parts, { axis });
  }

  split(name: string, axis: number, sizes: readonly number[]): string[] {
    if (sizes.length === 1) return [name];
    const inputs = [name, this.#graph.integers(sizes)];
    return this.#graph.nodes("Split", inputs, { axis }, sizes.length);
  }

  /** One matrix per step. */
  stepsOf(rows: string, steps: number = this.sizes.steps): string[] {
    return this.split(rows, 0, new Array(steps).fill(this.sizes.batch));
  }

  /** The inverse of `stepsOf`. */
  sequenceOf(steps: readonly string[]): string {
    return this.concat(steps, 0);
  }

  /** The state before each step: the initial state, then the state after every step except the last. */
  before(initial: string, states: string): string {
    const { batch, steps } = this.sizes;
    if (steps === 1) return initial;
    const [kept] = this.split(states, 0, [(steps - 1) * batch, batch]) as [string, string];
    return this.concat([initial, kept], 0);
  }

  /** `a b + c`, of matrices; c may be one row. */
  product(
    a: string,
    b: string,
    { c, transA = 0, transB = 0 }: { c?: string; transA?: number; transB?: number } = {},
  ): string {
    return this.#graph.node("Gemm", c === undefined ? [a, b] : [a, b, c], { transA, transB });
  }

  sumOfRows(matrix: string): string {
    return this.#graph.node("ReduceSum", [matrix, this.#graph.integers([0])], { keepdims: 0 });
  }

  /** `1 - x` */
  complement(x: string): string {
    return this.#graph.node("Sub", [this.#graph.scalar(1), x]);
  }

  /** The derivative of a sigmoid, from its value: `y (1 - y)`. */
  sigmoidSlope(y: string): string {
    return this.op("Mul", y, this.complement(y));
  }

  /** The derivative of a hyperbolic tangent, from its value: `1 - y^2`. */
  tanhSlope(y: string): string {
    return this.complement(this.op("Mul", y, y));
  }
}
