import { mul, ones, type Tensor, tensor } from "@tensorflow/tfjs-core";
import { checkArgument, checkOptions } from "../options/check-options.ts";
import { mixBits } from "../random/mix-bits.ts";
import { stepScalar } from "../step/step-observer.ts";
import { nextDropoutKey } from "./dropout-key.ts";
import { runFused } from "./run-fused.ts";
import { withGradient } from "./with-gradient.ts";

export type DropoutOptions = {
  /** An integer; a different seed gives different masks. Default 0. */
  readonly seed?: number;
};

const TWO_TO_31 = 2 ** 31;

/**
 * Sets elements to zero with probability `rate` and scales the others by `1 / (1 - rate)`. For training; in
 * evaluation leave it out. The mask depends on the seed and that of `setSeed`, the rank, the number of backward passes
 * since then and its place among the calls since the last one, and is the same on every backend.
 *
 * @param rate in `[0, 1)`.
 * @throws {AcceleratorError} `OPTION_INVALID`.
 */
export function dropout(x: Tensor, rate: number, options: DropoutOptions = {}): Tensor {
  checkOptions<DropoutOptions>("dropout", options, { seed: "integer" });
  const { seed = 0 } = options;
  checkArgument("dropout", "rate", rate, { numberFrom: 0, below: 1 });
  const readKey = nextDropoutKey(seed);
  if (rate === 0) return x.clone();
  const key = stepScalar("int32", readKey);
  const value = readKey(); // the key of this call, also if the gradient is computed in a later step
  const mask = (y: Tensor, k: Tensor) =>
    runFused("AccDropout", { x: y, key: k }, { rate }, () => [
      mul(y, dropoutMask(y.shape, value, rate)),
    ]);
  return withGradient({
    inputs: [x],
    forward: () => ({ value: mask(x, key)[0], saved: [key] }),
    // The mask has no gradient: it is computed from ones, not from x.
    compose: () => mul(x, mask(ones(x.shape), key)[0]),
    backward: (dy, [key]) => mask(dy, key as Tensor),
  });
}

/**
 * Element `i` survives if 31 bits of the hash of `i` and the key are at least `rate * 2^31`. The key enters twice, so that
 * no mask is a shifted or permuted copy of another.
 */
function dropoutMask(shape: readonly number[], key: number, rate: number): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const second = mixBits(key ^ 0x9e3779b9);
  const threshold = Math.round(rate * TWO_TO_31);
  const scale = 1 / (1 - rate);
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    let bits = i ^ key;
    bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d) ^ second;
    bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
    values[i] = (bits ^ (bits >>> 16)) >>> 1 >= threshold ? scale : 0;
  }
  return tensor(values, [...shape]);
}
