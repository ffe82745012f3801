import type { Variable } from "@tensorflow/tfjs-core";
import type { Collective } from "../collective/collective.ts";
import type { HalfFormat } from "../collective/half-precision.ts";
import { AcceleratorError } from "../errors.ts";
import { broadcastTensors } from "../operations/tensor-collectives.ts";
import { timed } from "../phases.ts";
import { GradientExchange } from "./gradient-exchange.ts";
import { Gradients } from "./gradients.ts";
import { releaseDisposedBuckets } from "./live-buckets.ts";
import { type ModelVariables, sameItems } from "./model-variables.ts";
import { StatisticsExchange } from "./statistics-exchange.ts";
import { shareVariables, unshareVariables, watchOptimizers } from "./unprepared-optimizers.ts";
import { WindowItems } from "./window-items.ts";

/** The models of one accelerator with their gradients. Models may share variables: each counts once. */
export class ModelRegistry {
  readonly gradients: Gradients = new Gradients();
  readonly exchange: GradientExchange;
  readonly statistics: StatisticsExchange;
  readonly items: WindowItems;
  readonly #collective: Collective;
  readonly #models = new Map<object, ModelVariables>();
  #list: readonly ModelVariables[] = [];
  #generation = 0;
  #variables: readonly Variable[] = [];
  #floats: readonly Variable[] = [];
  #trainable: readonly Variable[] = [];
  #trainableKey = "";
  #trainableSet: ReadonlySet<Variable> = new Set();
  readonly #trainedFrozen = new Set<Variable>();
  /** What `#trainable` was made of. */
  #parts: readonly (readonly Variable[])[] = [];

  /** @param format what gradients are rounded to on their way; undefined for float32. */
  constructor(collective: Collective, format?: HalfFormat) {
    this.#collective = collective;
    if (this.worldSize > 1) watchOptimizers(collective.rank);
    this.exchange = new GradientExchange(this.gradients, collective, format);
    this.statistics = new StatisticsExchange(collective);
    this.items = new WindowItems(this.gradients);
  }

  get worldSize(): number {
    return this.#collective.worldSize;
  }

  /** The prepared models in order; a new list when one is added. */
  get models(): readonly ModelVariables[] {
    return this.#list;
  }

  /** The prepared models as the user gave them, in the order of `models`. */
  get objects(): object[] {
    return [...this.#models.keys()];
  }

  /** Every variable that a prepared model holds; a new list when they change. */
  get variables(): readonly Variable[] {
    return this.#variables;
  }

  /**
   * Averages the gradients of the variables that take part over the replicas, and what else has changed: statistics.
   * Collective.
   *
   * @param isComplete exchange everything, also what has no gradient on this rank.
   */
  average(takesPart: (variable: Variable) => boolean, isComplete = false): void {
    timed("exchange", () => {
      this.exchange.average(takesPart, isComplete);
      this.statistics.average(this.#floats, this.trainable, takesPart);
    });
  }

  /** The variables that are trained now; a new list when they change. */
  get trainable(): readonly Variable[] {
    this.#followFlags();
    return this.#trainable;
  }

  /** The variables that are trained now, and those that an optimizer has updated behind a layer that is frozen. */
  get trained(): ReadonlySet<Variable> {
    return new Set([...this.trainable, ...this.#trainedFrozen]);
  }

  /**
   * An optimizer has updated these variables, on all ranks alike. Some may belong to frozen layers: `compile` lists what is
   * trained, and a layer may be frozen after it.
   */
  noteUpdated(variables: readonly Variable[]): void {
    if (this.worldSize === 1) return;
    this.#followFlags();
    const frozen = variables.filter((variable) => !this.#trainableSet.has(variable));
    this.statistics.note(frozen); // they are no statistics
    for (const variable of frozen) this.#trainedFrozen.add(variable);
  }

  /** Text that is equal whenever the same variables are trained. */
  get trainableKey(): string {
    this.#followFlags();
    return this.#trainableKey;
  }

  /** The variables of a prepared model. */
  find(model: object): ModelVariables | undefined {
    return this.#models.get(model);
  }

  /** Whether a prepared model holds the variable. */
  holds(variable: Variable): boolean {
    return this.#list.some((model) => model.has(variable));
  }

  /**
   * Registers a model, once: checks that every rank has the same variables, and gives all ranks the values
   * of rank 0. Collective.
   */
  async add(model: object, variables: ModelVariables): Promise<ModelVariables> {
    const known = this.#models.get(model);
    if (known) return known;
    this.#requireSameVariables(variables.all);
    requireFloatVariables(variables.trainable);
    const others = variables.all.filter((variable) => !this.holds(variable));
    await broadcastTensors(others, 0, this.#collective);
    if (this.worldSize > 1) releaseDisposedBuckets(this.#collective);
    this.exchange.cover(variables.trainable);
    this.statistics.note(others);
    if (this.worldSize > 1) shareVariables(others);
    this.#models.set(model, variables);
    this.#list = [...this.#list, variables];
    this.#variables = [...this.#variables, ...others];
    this.#floats = this.#variables.filter(({ dtype }) => dtype === "float32");
    return variables;
  }

  /** How many times all models were removed: what was made for earlier models is invalid. */
  get generation(): number {
    return this.#generation;
  }

  /** Forgets all models; disposes their gradients and gives back the memory of the exchange. Collective. */
  clear(): void {
    this.exchange.clear();
    this.statistics.clear();
    this.items.dispose();
    this.gradients.clear(this.#variables);
    unshareVariables(this.#variables);
    this.#models.clear();
    this.#list = [];
    this.#variables = [];
    this.#floats = [];
    this.#trainedFrozen.clear();
    this.#generation += 1;
  }

  #followFlags(): void {
    const parts = this.#list.map((model) => model.trainable);
    if (sameItems(parts, this.#parts)) return;
    const trained = new Set(parts.flat());
    requireFloatVariables(trained);
    this.#trainable = [...trained];
    this.#trainableSet = trained;
    this.#trainableKey = this.#variables.map((one) => (trained.has(one) ? 1 : 0)).join("");
    this.#parts = parts;
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

/** Name, shape and dtype. Names that are numbers come from a counter of the thread, so they are not compared. */
function signature({ name, shape, dtype }: Variable): string {
  const label = /^\d+$/.test(name) ? "unnamed" : `"${name}"`;
  return `${label} ${dtype}[${shape.join(", ")}]`;
}

/** @throws {AcceleratorError} `MODEL_INVALID` if a trainable variable is not float32. */
function requireFloatVariables(variables: Iterable<Variable>): void {
  const wrong = [...variables].find((variable) => variable.dtype !== "float32");
  if (!wrong) return;
  throw new AcceleratorError(
    "MODEL_INVALID",
    `The trainable variable "${wrong.name}" is ${wrong.dtype}; gradients exist for float32 only. ` +
      "Make it float32, or create it with trainable = false.",
  );
}
