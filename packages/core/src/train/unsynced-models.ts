import type { Variable } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { requireFunction } from "../options/require-function.ts";
import type { ModelRegistry } from "./model-registry.ts";
import type { ModelVariables } from "./model-variables.ts";

/** How a model is exchanged: with the others, not at all, or at every backward. */
export type SyncKind = 0 | 1 | 2;

/** The models of one accelerator whose gradients stay on their replica for now, or are exchanged at every backward. */
export class UnsyncedModels {
  readonly #models: ModelRegistry;
  #unsynced: ReadonlySet<ModelVariables> = new Set();
  #triggered: ReadonlySet<ModelVariables> = new Set();

  constructor(models: ModelRegistry) {
    this.#models = models;
  }

  /** A number that is equal whenever a model is exchanged alike. */
  stateOf(model: ModelVariables): SyncKind {
    return this.#triggered.has(model) ? 2 : this.#unsynced.has(model) ? 1 : 0;
  }

  /** Runs `body` with all models as another rank has them: `kinds` in the order in which they were prepared. */
  alike(kinds: readonly SyncKind[], body: () => void): void {
    const { models } = this.#models;
    const before = [this.#unsynced, this.#triggered] as const;
    this.#unsynced = new Set(models.filter((_, i) => kinds[i] === 1));
    this.#triggered = new Set(models.filter((_, i) => kinds[i] === 2));
    try {
      body();
    } finally {
      [this.#unsynced, this.#triggered] = before;
    }
  }

  /** Whether any model is exchanged at every backward. */
  get hasTriggered(): boolean {
    return this.#triggered.size > 0;
  }

  /**
   * Whether a variable takes part in an exchange.
   *
   * @param isDue whether those of models that are not listed here do.
   */
  exchanges(variable: Variable, isDue: boolean): boolean {
    for (const model of this.#triggered) if (model.has(variable)) return true;
    if (!isDue) return false;
    for (const model of this.#unsynced) if (model.has(variable)) return false;
    return true;
  }

  /** Whether the count of items of a model takes part in an exchange. */
  exchangesModel(model: ModelVariables, isDue: boolean): boolean {
    return this.#triggered.has(model) || (isDue && !this.#unsynced.has(model));
  }

  /**
   * Runs `body` without exchange for `models`, or for all models if none is listed.
   *
   * @throws {AcceleratorError} `STATE_INVALID` for a model that is not prepared.
   */
  async during<T>(models: readonly object[], body: () => T): Promise<Awaited<T>> {
    requireFunction("noSync", body);
    const listed =
      models.length === 0 ? this.#models.models : models.map((model) => this.find(model));
    return this.#with(
      new Set([...this.#unsynced, ...listed]),
      new Set([...this.#triggered].filter((model) => !listed.includes(model))),
      body,
    );
  }

  /**
   * Runs `body` with an exchange of one model at every backward, also while it would stay on its replica.
   *
   * @throws {AcceleratorError} `STATE_INVALID` for a model that is not prepared.
   */
  async triggering<T>(model: object, body: () => T): Promise<Awaited<T>> {
    requireFunction("triggerSyncInBackward", body);
    return this.#with(this.#unsynced, new Set([...this.#triggered, this.find(model)]), body);
  }

  async #with<T>(
    unsynced: ReadonlySet<ModelVariables>,
    triggered: ReadonlySet<ModelVariables>,
    body: () => T,
  ): Promise<Awaited<T>> {
    const outer = [this.#unsynced, this.#triggered] as const;
    [this.#unsynced, this.#triggered] = [unsynced, triggered];
    try {
      return await body();
    } finally {
      [this.#unsynced, this.#triggered] = outer;
    }
  }

  /** The variables of a prepared model. @throws {AcceleratorError} `STATE_INVALID`. */
  find(model: object): ModelVariables {
    const variables = this.#models.find(model);
    if (variables) return variables;
    throw new AcceleratorError(
      "STATE_INVALID",
      "This model is not prepared: pass it to accelerator.prepare first.",
    );
  }
}
