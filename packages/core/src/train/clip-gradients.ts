import {
  abs,
  add,
  addN,
  div,
  greater,
  less,
  max,
  mul,
  ones,
  pow,
  type Scalar,
  scalar,
  sqrt,
  square,
  stack,
  sum,
  type Tensor,
  type TensorContainer,
  tidy,
  Variable,
  where,
} from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { checkArgument } from "../options/check-options.ts";
import { foundText } from "../options/found-text.ts";
import { withoutGradients } from "../step/autograd.ts";
import type { Differentiation } from "./differentiate.ts";
import type { ModelRegistry } from "./model-registry.ts";
import { modelVariables } from "./model-variables.ts";
import { requireHeld } from "./named-gradients.ts";

/** PyTorch adds it to the norm, so that a gradient of zero is divided by something. */
const EPSILON = 1e-6;

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
  training.scaler?.unscale(variables);
  const { gradients } = training.models;
  return clipping(() => {
    const norm = normOf(
      variables.flatMap((variable) => gradients.get(variable) ?? []),
      normType,
    );
    // An infinite limit only measures.
    if (maxNorm === Number.POSITIVE_INFINITY) return norm;
    const factor = div(maxNorm, add(norm, EPSILON));
    // Not `minimum`, of which backends make what they like where the norm is NaN: it stays NaN here, as in PyTorch.
    const share = where(greater(factor, 1), ones([]), factor);
    for (const variable of variables) {
      const gradient = gradients.get(variable);
      if (gradient) gradients.set(variable, mul(gradient, share));
    }
    return norm;
  });
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
  const { gradients } = training.models;
  clipping(() => {
    const [highest, lowest] = [scalar(maxValue), scalar(-maxValue)];
    for (const variable of variables) {
      const gradient = gradients.get(variable);
      if (!gradient) continue;
      // Not `clipByValue`, which turns NaN into a number on some backends.
      const below = where(greater(gradient, highest), highest, gradient);
      gradients.set(variable, where(less(gradient, lowest), lowest, below));
    }
  });
}

/** The norm of all elements of the gradients, as if they were one vector; 0 without gradients. */
function normOf(gradients: readonly Tensor[], order: number): Scalar {
  const parts = gradients.filter(({ size }) => size > 0);
  if (parts.length === 0) return scalar(0);
  if (order === Number.POSITIVE_INFINITY) return max(stack(parts.map((part) => max(abs(part)))));
  if (order === 2) return sqrt(addN(parts.map((part) => sum(square(part)))));
  if (order === 1) return addN(parts.map((part) => sum(abs(part))));
  return pow(addN(parts.map((part) => sum(pow(abs(part), order)))), 1 / order);
}

/** Operations on gradients are not recorded for a backward, and leave only their result. */
function clipping<T extends TensorContainer>(change: () => T): T {
  return withoutGradients(() => tidy(change));
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
