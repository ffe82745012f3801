import { type Optimizer, Tensor, Variable } from "@tensorflow/tfjs-core";
import { DataLoader } from "../data/data-loader.ts";
import { PreparedDataLoader } from "../data/prepared-data-loader.ts";

/** What can freeze a variable: the variable itself, a weight of a layer, or a layer around it. */
export type Freezable = { readonly trainable?: unknown };

/** The variables of a model in a fixed order, each with all that can freeze it. */
export type FoundVariables = ReadonlyMap<Variable, ReadonlySet<Freezable>>;

/** The part of a tf.layers layer or model that is used here. */
export type Layer = Freezable & {
  readonly trainableWeights: readonly unknown[];
  readonly weights: readonly unknown[];
};

/** A weight of tf.layers: `read()` gives the variable itself. */
type LayerVariable = Freezable & { read(): unknown };

/** The result of a search through a model. */
export type FoundParts = { readonly variables: FoundVariables; readonly layers: readonly Layer[] };

/**
 * Searches a value as `nn.Module` of PyTorch does: fields, arrays, Maps, Sets and layers in them, to any depth. What an
 * object lists itself, as `variables` or `trainableVariables`, is taken from the list; each is an array or a method. Private
 * fields cannot be seen from outside.
 *
 * @returns undefined if there is no variable and no list of them: then the value is no model.
 */
export function findParts(value: unknown): FoundParts | undefined {
  const search = new Search();
  search.visit(value, []);
  if (search.variables.size === 0 && !search.hasList && search.layers.length === 0) {
    return undefined;
  }
  return search;
}

/** Whether `value` is one of the `tf.train` optimizers, or behaves like one. */
export function isOptimizer(value: unknown): value is Optimizer {
  const { applyGradients, minimize } = (value ?? {}) as Partial<Optimizer>;
  return typeof applyGradients === "function" && typeof minimize === "function";
}

const FROZEN: Freezable = { trainable: false };

class Search implements FoundParts {
  readonly variables = new Map<Variable, Set<Freezable>>();
  readonly layers: Layer[] = [];
  hasList = false;
  readonly #visited = new Set<object>();

  /** @param around the layers that hold the value. */
  visit(value: unknown, around: readonly Freezable[]): void {
    if (typeof value !== "object" || value === null) return;
    if (this.#takeWeight(value, around) || isClosed(value) || this.#visited.has(value)) return;
    this.#visited.add(value);
    if (isLayer(value)) this.#visitLayer(value, around);
    else if (!this.#takeLists(value, around)) this.#visitParts(value, around);
  }

  #visitLayer(layer: Layer, around: readonly Freezable[]): void {
    this.layers.push(layer);
    const inside = [...around, layer];
    for (const weight of layer.weights) this.#takeWeight(weight, inside);
    this.#visitParts(layer, inside); // layers that tf.layers does not list
  }

  #visitParts(value: object, around: readonly Freezable[]): void {
    for (const part of partsOf(value)) this.visit(part, around);
  }

  /** @returns whether the object lists all of its variables. */
  #takeLists(value: object, around: readonly Freezable[]): boolean {
    const { variables, trainableVariables } = value as Record<string, unknown>;
    const all = listed(value, variables);
    const trainable = listed(value, trainableVariables);
    if (!all && !trainable) return false;
    this.hasList = true;
    for (const weight of trainable ?? []) this.#takeWeight(weight, around);
    const others = trainable ? [...around, FROZEN] : around;
    const taken = new Set(trainable?.map(variableOf));
    for (const weight of all ?? []) {
      if (!taken.has(variableOf(weight))) this.#takeWeight(weight, others);
    }
    if (all) return true;
    const known = new Set(this.variables.keys());
    this.#visitParts(value, around);
    // Variables that the object holds but does not list must not be trained.
    for (const [variable, freezables] of this.variables) {
      if (!known.has(variable)) freezables.add(FROZEN);
    }
    return true;
  }

  /** @returns whether it is a variable, or a weight of tf.layers. */
  #takeWeight(weight: unknown, around: readonly Freezable[]): boolean {
    const variable = variableOf(weight);
    if (!variable) return false;
    const freezables = this.variables.get(variable) ?? new Set([variable]);
    for (const freezable of [weight as Freezable, ...around]) freezables.add(freezable);
    this.variables.set(variable, freezables);
    return true;
  }
}

function isLayer(value: object): value is Layer {
  const { trainableWeights, weights } = value as Partial<Layer>;
  return Array.isArray(trainableWeights) && Array.isArray(weights);
}

function variableOf(value: unknown): Variable | undefined {
  if (value instanceof Variable) return value;
  const { read } = (value ?? {}) as Partial<LayerVariable>;
  if (typeof read !== "function" || !("val" in (value as object))) return undefined;
  const variable = read.call(value);
  return variable instanceof Variable ? variable : undefined;
}

function listed(owner: object, list: unknown): unknown[] | undefined {
  // A function that takes arguments is something else.
  const items = typeof list === "function" && list.length === 0 ? list.call(owner) : list;
  return Array.isArray(items) && items.every(variableOf) ? items : undefined;
}

/** Not searched: other tensors, raw data, optimizers with their state, and what leads from layer to layer. */
function isClosed(value: object): boolean {
  return (
    value instanceof Tensor ||
    ArrayBuffer.isView(value) ||
    value instanceof DataLoader ||
    value instanceof PreparedDataLoader ||
    isOptimizer(value) ||
    "sourceLayer" in value || // a symbolic tensor of tf.layers
    "outboundLayer" in value // a node of its graph
  );
}

function partsOf(value: object): Iterable<unknown> {
  if (Array.isArray(value) || value instanceof Set) return value;
  if (value instanceof Map) return value.values();
  // Getters are not called: they may do anything.
  return Object.values(Object.getOwnPropertyDescriptors(value)).map((field) => field.value);
}
