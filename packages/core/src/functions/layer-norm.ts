import { add, mean, mul, rsqrt, square, sub, sum, type Tensor } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { checkArgument } from "../options/check-options.ts";
import type { FusedOutputs } from "./fused-kernel.ts";
import { runFused } from "./run-fused.ts";
import { withGradient } from "./with-gradient.ts";

/**
 * Normalises the last axis to mean 0 and variance 1, then scales and shifts it: `gamma * (x - mean) /
 * sqrt(variance + epsilon) + beta`.
 *
 * @param x `[…, features]`, of rank 2 or more.
 * @param gamma `[features]`.
 * @param beta `[features]`.
 * @throws {AcceleratorError} `VALUE_INVALID` if the shapes do not fit, `OPTION_INVALID`.
 */
export function layerNorm(x: Tensor, gamma: Tensor, beta: Tensor, epsilon = 1e-5): Tensor {
  checkArgument("layerNorm", "epsilon", epsilon, { numberFrom: 0 });
  const features = x.shape.at(-1);
  for (const [name, { shape }] of Object.entries({ gamma, beta })) {
    if (x.rank >= 2 && shape.length === 1 && shape[0] === features) continue;
    throw new AcceleratorError(
      "VALUE_INVALID",
      `layerNorm needs x of rank 2 or more, and ${name} with one value per feature of its last axis; got ` +
        `x [${x.shape}] and ${name} [${shape}].`,
    );
  }
  return withGradient({
    inputs: [x, gamma, beta],
    forward: () => {
      const [value, center, inverse] = runFused(
        "AccLayerNorm",
        { x, gamma, beta },
        { epsilon },
        () => normalise(x, gamma, beta, epsilon),
      );
      return { value, saved: [x, gamma, center, inverse] };
    },
    compose: () => normalise(x, gamma, beta, epsilon)[0] as Tensor,
    backward: (dy, saved) => {
      const [x, gamma, center, inverse] = saved as [Tensor, Tensor, Tensor, Tensor];
      return runFused("AccLayerNormGrad", { dy, x, gamma, center, inverse }, {}, () =>
        differentiate(dy, x, gamma, center, inverse),
      );
    },
  });
}

/** @returns the value, the mean, and 1 / the standard deviation, the last two with a last axis of 1. */
function normalise(
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  epsilon: number,
): FusedOutputs<"AccLayerNorm", Tensor> {
  const center = mean(x, -1, true);
  const centered = sub(x, center);
  const inverse = rsqrt(add(mean(square(centered), -1, true), epsilon));
  return [add(mul(mul(centered, inverse), gamma), beta), center, inverse];
}

function differentiate(
  dy: Tensor,
  x: Tensor,
  gamma: Tensor,
  center: Tensor,
  inverse: Tensor,
): FusedOutputs<"AccLayerNormGrad", Tensor> {
  const leading = x.shape.slice(0, -1).map((_, axis) => axis);
  const normalised = mul(sub(x, center), inverse);
  const scaled = mul(dy, gamma);
  const projection = mul(normalised, mean(mul(scaled, normalised), -1, true));
  const dx = mul(sub(sub(scaled, mean(scaled, -1, true)), projection), inverse);
  return [dx, sum(mul(dy, normalised), leading), sum(dy, leading)];
}
