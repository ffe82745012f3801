import { add, keep, type Tensor, type Variable } from "@tensorflow/tfjs-core";

/**
 * What a gradient is made of. `exchanged`: it is a mean over the replicas that an update is due for, equal on all of them;
 * `held`: only of what this replica has added since; `mixed`: of both.
 */
export type GradientOrigin = "held" | "exchanged" | "mixed";

/** The accumulated gradients of all prepared models, one per variable: kept tensors that live until `clear`. */
export class Gradients {
  readonly #gradients = new Map<Variable, Tensor>();
  /** Of those that are not `held`. */
  readonly #origins = new Map<Variable, GradientOrigin>();

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

  /** Undefined without a gradient. */
  originOf(variable: Variable): GradientOrigin | undefined {
    return this.has(variable) ? (this.#origins.get(variable) ?? "held") : undefined;
  }

  /** Replaces the gradient of a variable, and owns `gradient` from now on. Its origin stays, if none is given. */
  set(variable: Variable, gradient: Tensor, origin?: GradientOrigin): void {
    this.#gradients.get(variable)?.dispose();
    this.#gradients.set(variable, keep(gradient));
    if (origin === "held") this.#origins.delete(variable);
    else if (origin) this.#origins.set(variable, origin);
  }

  /** Adds to the gradient of a variable. The caller keeps `gradient`. */
  accumulate(variable: Variable, gradient: Tensor): void {
    const previous = this.#gradients.get(variable);
    this.set(variable, previous ? add(previous, gradient) : gradient.clone());
    if (this.#origins.has(variable)) this.#origins.set(variable, "mixed");
  }

  /** The gradients of these variables are means over the replicas now, at the end of a window. */
  noteExchanged(isExchanged: (variable: Variable) => boolean): void {
    for (const variable of this.#gradients.keys()) {
      if (isExchanged(variable)) this.#origins.set(variable, "exchanged");
    }
  }

  /** Disposes the gradients of `variables`. */
  clear(variables: Iterable<Variable>): void {
    for (const variable of variables) {
      this.#gradients.get(variable)?.dispose();
      this.#gradients.delete(variable);
      this.#origins.delete(variable);
    }
  }
}
