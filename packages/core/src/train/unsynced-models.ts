import { AcceleratorError } from "../errors.ts";
import type { GradientStore } from "./gradient-store.ts";
import type { ModelRegistry } from "./model-registry.ts";

/** The models of one accelerator whose gradients stay on their replica for now. */
export class UnsyncedModels {
  readonly #models: ModelRegistry;
  #stores: ReadonlySet<GradientStore> = new Set();

  constructor(models: ModelRegistry) {
    this.#models = models;
  }

  /** Their gradients. */
  get stores(): ReadonlySet<GradientStore> {
    return this.#stores;
  }

  /**
   * Runs `body` while `models`, or all if none is listed, are among them.
   *
   * @throws {AcceleratorError} `STATE_INVALID` for a model that is not prepared.
   */
  async during<T>(models: readonly object[], body: () => T): Promise<Awaited<T>> {
    const outer = this.#stores;
    const stores =
      models.length === 0 ? this.#models.stores : models.map((model) => this.#storeOf(model));
    this.#stores = new Set([...outer, ...stores]);
    try {
      return await body();
    } finally {
      this.#stores = outer;
    }
  }

  #storeOf(model: object): GradientStore {
    const store = this.#models.find(model);
    if (store) return store;
    throw new AcceleratorError(
      "STATE_INVALID",
      "This model is not prepared: pass it to accelerator.prepare first.",
    );
  }
}
