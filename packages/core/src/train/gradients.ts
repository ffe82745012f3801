import { add, keep, type Tensor, type Variable } from "@tensorflow/tfjs-core";

/** The accumulated gradients of all prepared models, one per variable: kept tensors that live until `clear`. */
export class Gradients {
  readonly #gradients = new Map<Variable, Tensor>();

  /** The gradients that are there, in no particular order. */
  entries(): Iterable<readonly [Variable, Tensor]> {
    return this.#gradients.entries();
  }

  has(variable: Variable): boolean {
    return this.#gradients.has(variable);
  }

  get(variable: Variable): Tensor | undefined {
    return this.#gradients.get(variable);
  }

  /** Replaces the gradient of a variable, and owns `gradient` from now on. */
  set(variable: Variable, gradient: Tensor): void {
    this.#gradients.get(variable)?.dispose();
    this.#gradients.set(variable, keep(gradient));
  }

  /** Adds to the gradient of a variable. The caller keeps `gradient`. */
  accumulate(variable: Variable, gradient: Tensor): void {
    const previous = this.#gradients.get(variable);
    this.set(variable, previous ? add(previous, gradient) : gradient.clone());
  }

  /** Disposes the gradients of `variables`. */
  clear(variables: Iterable<Variable>): void {
    for (const variable of variables) {
      this.#gradients.get(variable)?.dispose();
      this.#gradients.delete(variable);
    }
  }
}
