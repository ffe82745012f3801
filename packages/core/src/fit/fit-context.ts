import type { Collective } from "../collective/collective.ts";
import { AcceleratorError } from "../errors.ts";
import { AcceleratedOptimizer } from "../train/accelerated-optimizer.ts";
import type { Differentiation } from "../train/differentiate.ts";
import type { FittableModel } from "./layers-model.ts";

/** What the training methods of models use. */
export type FitContext = {
  readonly training: Differentiation;
  readonly collective: Collective;
  /** The optimizers that are prepared now. */
  readonly optimizers: () => readonly AcceleratedOptimizer[];
};

/**
 * The prepared optimizer that a model is compiled with; undefined if one replica trains it as tfjs does.
 *
 * @throws {AcceleratorError} `STATE_INVALID` if the model would be trained on this replica only.
 */
export function optimizerOf(
  model: FittableModel,
  call: string,
  { collective, optimizers }: FitContext,
): AcceleratedOptimizer | undefined {
  const { optimizer } = model;
  const prepared =
    optimizer instanceof AcceleratedOptimizer
      ? optimizer
      : optimizers().find((one) => one.optimizer === optimizer);
  if (collective.worldSize === 1) return prepared;
  if (optimizer && !prepared) {
    throw new AcceleratorError(
      "STATE_INVALID",
      `${call}: this model is prepared, and its optimizer is not: it would train this replica only. Compile the model ` +
        "with the optimizer that prepare returned: model.compile({ optimizer, loss }).",
    );
  }
  if (model.stateful) {
    throw new AcceleratorError(
      "STATE_INVALID",
      `${call}: the model has stateful layers, which remember batches of one size, and every replica takes a share of ` +
        "each batch. Use one replica, or layers that are not stateful.",
    );
  }
  return prepared;
}
