import { add, cast, mul, softmax, sub, sum, type Tensor } from "@tensorflow/tfjs-core";
import { runFused } from "./fused-kernel.ts";
import { withGradient } from "./with-gradient.ts";

export type AttentionSoftmaxOptions = {
  /**
   * Broadcastable to the scores. Bool: true where a query may look; float32: added to the scaled scores.
   * Not differentiated.
   */
  readonly mask?: Tensor;
  /** Factor of the scores, such as `1 / sqrt(headSize)`. Default 1. */
  readonly scale?: number;
};

/** Added to scores that are masked: their weight is exactly 0 beside any other. */
const MASKED = -1e9;

/**
 * Attention weights: the softmax of `scores * scale` over the last axis, under a mask. A row without any
 * allowed key gets weights that mean nothing.
 *
 * @param scores `[…, queries, keys]`.
 */
export function attentionSoftmax(
  scores: Tensor,
  { mask, scale = 1 }: AttentionSoftmaxOptions = {},
): Tensor {
  const bias = mask?.dtype === "bool" ? additive(mask) : mask;
  return withGradient({
    inputs: [scores],
    forward: () => {
      const inputs = { scores, ...(bias ? { bias } : {}) };
      const [value] = runFused("AccAttentionSoftmax", inputs, { scale }, () => {
        const scaled = mul(scores, scale);
        return [softmax(bias ? add(scaled, bias) : scaled)];
      }) as [Tensor];
      return { value, saved: [value] };
    },
    backward: (dy, saved) => {
      const [weights] = saved as [Tensor];
      return runFused("AccAttentionSoftmaxGrad", { dy, weights }, { scale }, () => {
        const weighted = mul(dy, weights);
        const slope = sub(weighted, mul(weights, sum(weighted, -1, true)));
        return [mul(slope, scale)];
      });
    },
  });
}

function additive(mask: Tensor): Tensor {
  return mul(sub(1, cast(mask, "float32")), MASKED);
}
