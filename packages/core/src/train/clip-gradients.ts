import { type Scalar, Variable } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { checkArgument } from "../options/check-options.ts";
import { foundText } from "../options/found-text.ts";
import { stepEffect } from "../step/step-observer.ts";
import type { Clip } from "./announced-exchange.ts";
import type { Differentiation } from "./differentiate.ts";
import { limitNorm, limitValues } from "./limit-gradients.ts";
import type { ModelRegistry } from "./model-registry.ts";
import { modelVariables } from "./model-variables.ts";
import { requireHeld } from "./named-gradients.ts";

/**
 * Scales the gradients of `parameters` together so that their norm is at most `maxNorm`. Does nothing while gradients
 * are being accumulated. Reads no value: the norm stays a tensor.
 *
 * @returns the norm before clipping, a float32 scalar of the active scope; undefined while accumulating.
 * @throws {AcceleratorError} `OPTION_INVALID`, `VARIABLE_UNPREPARED`, `STATE_INVALID`.
 */
export function clipGradNorm(
  parameters: object,
  maxNorm: number,
  normType: number,
  training: Differentiation,
): Scalar | undefined {
  const variables = clippedVariables("clipGradNorm", parameters, "maxNorm", maxNorm, training);
  checkArgument("clipGradNorm", "normType, the order of the norm,", normType, {
    anyOf: [{ numberAbove: 0 }, { oneOf: [Number.POSITIVE_INFINITY] }],
  });
  if (!training.state.syncGradients) return undefined;
  noteClip(training, variables, { maxNorm, normType });
  return limitNorm(variables, { maxNorm, normType }, training);
}

/**
 * Limits every element of the gradients of `parameters` to `-maxValue..maxValue`; NaN stays NaN. Does nothing while
 * gradients are being accumulated.
 *
 * @throws {AcceleratorError} as `clipGradNorm`.
 */
export function clipGradValue(
  parameters: object,
  maxValue: number,
  training: Differentiation,
): void {
  const variables = clippedVariables("clipGradValue", parameters, "maxValue", maxValue, training);
  if (!training.state.syncGradients) return;
  noteClip(training, variables, { maxValue });
  limitValues(variables, maxValue, training);
}

/** Also where a replay of a compiled step clips. */
function noteClip({ state }: Differentiation, variables: readonly Variable[], clip: Clip): void {
  if (state.uneven) stepEffect(() => state.uneven?.noteClip(variables, clip));
}

/** Checks the arguments of a call, also where it then does nothing. */
function clippedVariables(
  call: string,
  parameters: object,
  limitName: string,
  limit: number,
  { pending, models }: Differentiation,
): readonly Variable[] {
  pending.check(call);
  if (typeof limit !== "number" || !(limit >= 0)) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      `${call}: ${limitName} must be a number of at least 0, got ${foundText(limit)}.`,
    );
  }
  const prepared = models.find(parameters);
  if (prepared) return prepared.trainable;
  const variables = [parameters].flat().flatMap((item) => variablesOf(item, models) ?? []);
  if (variables.length === 0) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      `${call}: the first argument holds no variables. Pass a prepared model, variables of one, or a list of these.`,
    );
  }
  requireHeld(variables, models, call);
  return [...new Set(variables)];
}

function variablesOf(item: object, models: ModelRegistry): readonly Variable[] | undefined {
  if (item instanceof Variable) return [item];
  return models.find(item)?.trainable ?? modelVariables(item)?.all;
}
