import type { Value } from "../../lowering/value.ts";
import type { TensorSpec } from "../../tensor-spec.ts";
import { RecurrentGraph } from "./recurrent-graph.ts";

/** Builds recurrent layers whose states are `[units, batch]`: one column per sample. */
export class ColumnGraph extends RecurrentGraph {
  transpose(matrix: string): string {
    return this.graph.transpose(matrix, [1, 0]);
  }

  /** `a b`, or `a b^T`, of matrices. */
  product(a: string, b: string, { transB = 0 }: { readonly transB?: 0 | 1 } = {}): string {
    return this.graph.node("Gemm", [a, b], { transA: 0, transB });
  }

  /** A product and the activation of its result in one pass. */
  gate(weights: string, columns: string, activation: "Sigmoid" | "Tanh"): string {
    const attributes = { activation, transA: 0, transB: 0 };
    return this.graph.extraNode("FusedGemm", [weights, columns], attributes);
  }

  /** The weights of a state, of the input and of a 1 below each other: the product with all of them is one. */
  weights(recurrentKernel: Value, kernel: Value, bias: Value): string {
    const row = this.graph.reshaped(bias, [1, ...bias.shape]);
    return this.concat(
      [recurrentKernel, kernel, row].map((value) => this.graph.whole(value)),
      0,
    );
  }

  /** The gradients of `weights`, from those of the sums of all steps side by side. @param states those that the sums were made of. */
  weightGradients(states: readonly string[], x: Value, sums: string): string {
    const given = this.concat([this.concat(states, 1), this.#inputColumns(x), this.#onesOfAll], 0);
    return this.product(given, sums, { transB: 1 });
  }

  /** What `weights` was put together of, from gradients of the same shape; the bias is a list. */
  weightParts(gradients: string): readonly [recurrentKernel: string, kernel: string, bias: string] {
    const { units, features } = this.sizes;
    const [recurrentKernel, kernel, bias] = this.split(gradients, 0, [units, features, 1]) as [
      ...[string, string, string],
    ];
    return [recurrentKernel, kernel, this.reshape(bias, -1)];
  }

  /** A one for each sample. */
  get ones(): string {
    return this.#ones(this.sizes.batch);
  }

  /** A one for each sample of each step. */
  get #onesOfAll(): string {
    return this.#ones(this.sizes.batch * this.sizes.steps);
  }

  #ones(length: number): string {
    return this.graph.constant(new Float32Array(length).fill(1), [1, length], "float32");
  }

  /** A state from `[batch, units]`. */
  columnsOf(state: Value): string {
    return this.transpose(this.graph.whole(state));
  }

  /** The input of each step, `[features, batch]`, from `[batch, time, features]`. */
  stepsOfInput(x: Value): string[] {
    const { batch, steps, features } = this.sizes;
    const columns = this.graph.transpose(this.graph.whole(x), [1, 2, 0]);
    const sizes = new Array(steps).fill(features);
    return this.split(this.reshape(columns, steps * features, batch), 0, sizes);
  }

  /** The inputs of all steps side by side, `[features, time * batch]`. */
  #inputColumns(x: Value): string {
    const { batch, steps, features } = this.sizes;
    const columns = this.graph.transpose(this.graph.whole(x), [2, 1, 0]);
    return this.reshape(columns, features, steps * batch);
  }

  /** The inverse of `#inputColumns`. */
  batchFirst(columns: string): string {
    const { batch, steps, features } = this.sizes;
    return this.graph.transpose(this.reshape(columns, features, steps, batch), [2, 1, 0]);
  }

  /** Matrices `[units, batch]`, one or more of each step, as `[time, batch, …]`. */
  sequenceOf(matrices: readonly string[], spec: TensorSpec): Value {
    const [steps, batch, width] = spec.shape as [number, number, number];
    const columns = this.reshape(this.concat(matrices, 0), steps, width, batch);
    return this.graph.value(this.graph.transpose(columns, [0, 2, 1]), spec);
  }

  /** The inverse of `sequenceOf`. */
  stepsOf(sequence: Value): string[] {
    const { units } = this.sizes;
    const [steps, batch, width] = sequence.shape as [number, number, number];
    const columns = this.graph.transpose(this.graph.whole(sequence), [0, 2, 1]);
    const matrices = this.reshape(columns, steps * width, batch);
    return this.split(matrices, 0, new Array((steps * width) / units).fill(units));
  }
}
