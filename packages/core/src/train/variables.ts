import { Variable } from "@tensorflow/tfjs-core";

/** The variables of a model in a fixed order. All are broadcast at `prepare`; gradients go to `trainable`. */
export type ModelVariables = {
  readonly all: readonly Variable[];
  readonly trainable: readonly Variable[];
};

/** A tf.layers weight: a wrapper whose `read()` gives the variable itself. */
type LayerVariable = { read(): unknown };

/**
 * The variables of a `tf.LayersModel`, of an object or array that lists `tf.Variable`s (`variables` as a
 * property or a method, or its own fields), or `undefined` if `value` is no model.
 */
export function modelVariables(value: unknown): ModelVariables | undefined {
  if (typeof value !== "object" || value === null || value instanceof Variable) return undefined;
  const layers = layersVariables(value);
  if (layers) return layers;
  const found = listedVariables(value) ?? fieldVariables(value);
  if (!found) return undefined;
  const all = [...new Set(found)];
  return { all, trainable: all.filter((variable) => variable.trainable) };
}

function layersVariables(value: object): ModelVariables | undefined {
  const { trainableWeights, weights } = value as Record<string, LayerVariable[] | undefined>;
  if (!Array.isArray(trainableWeights) || !Array.isArray(weights)) return undefined;
  const read = (list: LayerVariable[]) => list.map((weight) => weight.read() as Variable);
  // Not the variables' own flags: freezing a layer leaves those set.
  return { all: read(weights), trainable: read(trainableWeights) };
}

function listedVariables(value: object): Variable[] | undefined {
  const { variables } = value as { variables?: unknown };
  const listed = typeof variables === "function" ? variables.call(value) : variables;
  return isVariableList(listed) ? listed : undefined;
}

function fieldVariables(value: object): Variable[] | undefined {
  const fields = Object.values(value).flat() as unknown[];
  const found = fields.filter((field): field is Variable => field instanceof Variable);
  return found.length > 0 ? found : undefined;
}

function isVariableList(value: unknown): value is Variable[] {
  return Array.isArray(value) && value.every((item) => item instanceof Variable);
}
