import { AcceleratorError } from "../errors.ts";
import type { ModelRegistry } from "./model-registry.ts";
import type { ModelVariables } from "./model-variables.ts";
import { pairOptimizers } from "./pair-optimizers.ts";

/** Which optimizer updates which models, over all calls of `prepare`. */
export class OptimizerClaims {
  readonly #models: ModelRegistry;
  readonly #claimed = new Set<ModelVariables>();
  /** Optimizers that were prepared without a model, in order. */
  readonly #alone: object[] = [];

  constructor(models: ModelRegistry) {
    this.#models = models;
  }

  /** @returns the models of an optimizer that was prepared together with them. */
  together(models: readonly ModelVariables[]): () => readonly ModelVariables[] {
    for (const model of models) this.#claimed.add(model);
    return () => models;
  }

  /**
   * @returns the models of an optimizer that was prepared in a call without any: those that no other call gave an
   *   optimizer, whether they are prepared before or after it. It throws `STATE_INVALID` if there is none, and
   *   `OPTION_INVALID` if it is not clear.
   */
  alone(optimizer: object): () => readonly ModelVariables[] {
    this.#alone.push(optimizer);
    let made = -1;
    let models: readonly ModelVariables[] = [];
    return () => {
      const version = this.#models.models.length + this.#claimed.size + this.#alone.length;
      if (version !== made) models = this.#unclaimedFor(optimizer);
      made = version;
      return models;
    };
  }

  #unclaimedFor(optimizer: object): readonly ModelVariables[] {
    const unclaimed = this.#models.models.filter((model) => !this.#claimed.has(model));
    if (unclaimed.length === 0) {
      throw new AcceleratorError(
        "STATE_INVALID",
        "The optimizer has no model to update: it was prepared in a call without one, and every prepared model has " +
          "an optimizer, or there is none. Prepare both in one call: prepare(model, optimizer), or " +
          "prepare({ model, optimizer }).",
      );
    }
    const lists = pairOptimizers(unclaimed, this.#alone.length);
    return lists[this.#alone.indexOf(optimizer)] ?? [];
  }
}
