import { add, erf, exp, mul, square, type Tensor } from "@tensorflow/tfjs-core";
import { runFused } from "./run-fused.ts";
import { withGradient } from "./with-gradient.ts";

const INVERSE_SQRT_TWO_PI = 1 / Math.sqrt(2 * Math.PI);

/** The Gaussian error linear unit in its exact form: `x * (1 + erf(x / sqrt(2))) / 2`, elementwise. */
export function gelu(x: Tensor): Tensor {
  return withGradient({
    inputs: [x],
    forward: () => {
      const [value] = runFused("AccGelu", { x }, {}, () => [composed(x)]);
      return { value, saved: [x] };
    },
    compose: () => composed(x),
    backward: (dy, [x]) =>
      runFused("AccGeluGrad", { dy, x: x as Tensor }, {}, () => [mul(dy, slope(x as Tensor))]),
  });
}

function composed(x: Tensor): Tensor {
  return mul(x, normalCdf(x));
}

function normalCdf(x: Tensor): Tensor {
  return mul(add(erf(mul(x, Math.SQRT1_2)), 1), 0.5);
}

function slope(x: Tensor): Tensor {
  const density = mul(exp(mul(square(x), -0.5)), INVERSE_SQRT_TWO_PI);
  return add(normalCdf(x), mul(x, density));
}
