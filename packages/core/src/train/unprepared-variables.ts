import type { Variable } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import type { ModelRegistry } from "./model-registry.ts";

/** Finds variables that a loss would train but `prepare` has not seen. */
export class UnpreparedVariables {
  readonly #models: ModelRegistry;
  readonly #named = new WeakSet<Variable>();

  constructor(models: ModelRegistry) {
    this.#models = models;
  }

  /**
   * Reports unprepared variables that a loss depends on, each once. The moments of tfjs optimizers are never among
   * them, because no loss depends on them.
   *
   * @throws {AcceleratorError} `VARIABLE_UNPREPARED` with several replicas, where they would differ from rank to rank.
   */
  check(variables: Iterable<Variable>, call: string): void {
    const unprepared: Variable[] = [];
    for (const variable of variables) {
      if (variable.trainable && !this.#models.holds(variable)) unprepared.push(variable);
    }
    if (unprepared.length === 0) return;
    const isShared = this.#models.worldSize > 1;
    const unnamed = isShared ? unprepared : unprepared.filter((one) => !this.#named.has(one));
    if (unnamed.length === 0) return;
    for (const variable of unnamed) this.#named.add(variable);
    const names = unnamed.map(({ name, shape }) => `"${name}" [${shape.join(", ")}]`).join(", ");
    const consequence = isShared
      ? "the replicas would train different values of them"
      : "they get no gradient and stay as they are";
    const message =
      `${call}: the loss depends on trainable variables that no prepared model holds: ${names}; ${consequence}. Pass ` +
      "what holds them to accelerator.prepare once it is built (fields, lists, Maps and layers are searched; an object " +
      "with private fields lists its variables in a method trainableVariables()), or set trainable = false, or compute " +
      "their part of the loss inside accelerator.noGrad.";
    if (isShared) throw new AcceleratorError("VARIABLE_UNPREPARED", message);
    process.emitWarning(message, "AcceleratorWarning");
  }
}
