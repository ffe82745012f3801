import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import type { Collective } from "../collective/collective.ts";
import { AcceleratorError } from "../errors.ts";
import { broadcastTensors } from "../operations/tensor-collectives.ts";
import { GradientStore, requireFloatVariables } from "./gradient-store.ts";
import type { ModelVariables } from "./variables.ts";

/** The models of one accelerator with their gradients. */
export class ModelRegistry {
  readonly #collective: Collective;
  readonly #stores = new Map<object, GradientStore>();

  constructor(collective: Collective) {
    this.#collective = collective;
  }

  get stores(): GradientStore[] {
    return [...this.#stores.values()];
  }

  /** The gradients of a prepared model. */
  find(model: object): GradientStore | undefined {
    return this.#stores.get(model);
  }

  /** The accumulated gradient of a variable; undefined if it has none. It stays the store's. */
  gradientOf(variable: Variable): Tensor | undefined {
    for (const store of this.stores) {
      const gradient = store.get(variable);
      if (gradient) return gradient;
    }
    return undefined;
  }

  /**
   * Registers a model, once: checks that every rank has the same variables, and gives all ranks the values
   * of rank 0. Collective.
   */
  async add(model: object, { all, trainable }: ModelVariables): Promise<GradientStore> {
    const known = this.#stores.get(model);
    if (known) return known;
    this.#requireSameVariables(all);
    requireFloatVariables(trainable);
    await broadcastTensors(all, 0, this.#collective);
    const store = new GradientStore(trainable, this.#collective);
    this.#stores.set(model, store);
    return store;
  }

  /** @throws {AcceleratorError} `MODEL_INVALID` or `MODEL_MISMATCH`, on every rank. */
  #requireSameVariables(variables: readonly Variable[]): void {
    const signatures = this.#collective.allGatherObject(variables.map(signature), "prepare(model)");
    const [first = []] = signatures;
    if (signatures.some((signature) => signature.length === 0)) {
      throw new AcceleratorError(
        "MODEL_INVALID",
        "prepare: the model has no variables. Build it first: give its first layer an inputShape, or " +
          "call it once.",
      );
    }
    for (const [rank, other] of signatures.entries()) {
      const length = Math.max(first.length, other.length);
      const index = Array.from({ length }).findIndex((_, i) => first[i] !== other[i]);
      if (index < 0) continue;
      throw new AcceleratorError(
        "MODEL_MISMATCH",
        `prepare: the replicas hold different models. Variable ${index} is ${first[index] ?? "missing"} ` +
          `on rank 0 and ${other[index] ?? "missing"} on rank ${rank}. Build the same model on every rank.`,
      );
    }
  }
}

/** Name, shape and dtype. Names that are numbers come from a counter of the thread: they say nothing. */
function signature({ name, shape, dtype }: Variable): string {
  const label = /^\d+$/.test(name) ? "unnamed" : `"${name}"`;
  return `${label} ${dtype}[${shape.join(", ")}]`;
}
