import type { Value } from "../../lowering/value.ts";
import type { TensorSpec } from "../../tensor-spec.ts";
import { RecurrentGraph } from "./recurrent-graph.ts";

/**
 * Builds recurrent layers whose states have one row per sample. Here a sequence is a matrix with one row per step and sample,
 * ordered by step: each step is contiguous, so it is a matrix without a copy.
 */
export class RowGraph extends RecurrentGraph {
  /** A sequence from `[time, batch, n]`. */
  rowsOf(value: Value): string {
    const [steps, batch, width] = value.shape as [number, number, number];
    return this.graph.whole(this.graph.reshaped(value, [steps * batch, width]));
  }

  /** A sequence from `[batch, time, n]`. */
  rowsOfBatches(value: Value): string {
    const [batch, steps, width] = value.shape as [number, number, number];
    const swapped = this.graph.transpose(this.graph.whole(value), [1, 0, 2]);
    return this.reshape(swapped, steps * batch, width);
  }

  /** A sequence as `[batch, time, width]`. */
  batchFirst(rows: string, width: number): string {
    const { steps, batch } = this.sizes;
    return this.graph.transpose(this.reshape(rows, steps, batch, width), [1, 0, 2]);
  }

  /** One matrix per step. */
  stepsOf(rows: string, steps: number = this.sizes.steps): string[] {
    return this.split(rows, 0, new Array(steps).fill(this.sizes.batch));
  }

  /** The inverse of `stepsOf`. */
  sequenceOf(steps: readonly string[]): string {
    return this.concat(steps, 0);
  }

  /** Matrices, one per step, as `[time, batch, …]`. */
  sequencesOf(steps: readonly (readonly string[])[], outputs: readonly TensorSpec[]): Value[] {
    const names = outputs.map(({ shape }, i) =>
      this.reshape(this.sequenceOf(steps[i] as string[]), ...shape),
    );
    return this.valuesOf(names, outputs);
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
    return this.graph.node("Gemm", c === undefined ? [a, b] : [a, b, c], { transA, transB });
  }

  sumOfRows(matrix: string): string {
    return this.graph.node("ReduceSum", [matrix, this.graph.integers([0])], { keepdims: 0 });
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
