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
  type Variable,
  where,
} from "@tensorflow/tfjs-core";
import { withoutGradients } from "../step/autograd.ts";
import type { Clip } from "./announced-exchange.ts";
import type { Differentiation } from "./differentiate.ts";

type Target = Pick<Differentiation, "models" | "scaler">;

/** PyTorch adds it to the norm, so that a gradient of zero is divided by something. */
const EPSILON = 1e-6;

/** Scales gradients together so that their norm is at most `maxNorm`. @returns the norm before, of the active scope. */
export function limitNorm(
  variables: readonly Variable[],
  { maxNorm, normType }: Extract<Clip, { maxNorm: number }>,
  { models: { gradients }, scaler }: Target,
): Scalar {
  scaler?.unscale(variables);
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

/** Limits every element to `-maxValue..maxValue`; NaN stays NaN. */
export function limitValues(
  variables: readonly Variable[],
  maxValue: number,
  { models: { gradients }, scaler }: Target,
): void {
  scaler?.unscale(variables);
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

/** Clips gradients as another rank has clipped its own. */
export function clipAlike(variables: readonly Variable[], clip: Clip, training: Target): void {
  if ("maxValue" in clip) limitValues(variables, clip.maxValue, training);
  else tidy(() => limitNorm(variables, clip, training));
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
