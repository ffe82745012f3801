import { AcceleratorError } from "../errors.ts";

/**
 * Which models each optimizer updates, by the order in which they are given: one optimizer updates all models; as many
 * optimizers as models form pairs.
 *
 * @returns one list of models per optimizer.
 * @throws {AcceleratorError} `OPTION_INVALID` if it is not clear.
 */
export function pairOptimizers<Model>(
  models: readonly Model[],
  numOptimizers: number,
): (readonly Model[])[] {
  if (numOptimizers <= 1) return Array.from({ length: numOptimizers }, () => models);
  if (numOptimizers === models.length) return models.map((model) => [model]);
  throw new AcceleratorError(
    "OPTION_INVALID",
    `prepare: ${models.length} ${models.length === 1 ? "model" : "models"} and ${numOptimizers} optimizers: which ` +
      "updates which? Give one optimizer per model in the same order, prepare(modelA, modelB, optimizerA, optimizerB), " +
      "or say it in groups, prepare({ model: modelA, optimizer: optimizerA }, { models: [modelB, modelC], optimizer: " +
      "optimizerB }); a group may also hold variables: [a, b] in place of a model.",
  );
}
