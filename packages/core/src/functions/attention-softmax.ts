import { add, cast, mul, softmax, sub, sum, Tensor } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { checkOptions } from "../options/check-options.ts";
import { foundText } from "../options/found-text.ts";
import type { OptionRules } from "../options/option-rule.ts";
import { runFused } from "./run-fused.ts";
import { constantOf, withGradient } from "./with-gradient.ts";

export type AttentionSoftmaxOptions = {
  /**
   * Broadcastable to the scores. Bool: true where a query may attend to a key; float32: added to the scaled scores.
   * Not differentiated.
   */
  readonly mask?: Tensor;
  /** Factor of the scores, such as `1 / sqrt(headSize)`. Default 1. */
  readonly scale?: number;
};

const RULES: OptionRules<AttentionSoftmaxOptions> = { mask: "object", scale: "number" };

/** Added to masked scores: their weight is exactly 0 unless the whole row is masked. */
const MASKED = -1e9;

/**
 * Attention weights: the softmax of `scores * scale` over the last axis, under a mask. The weights of a row without
 * any allowed key are meaningless.
 *
 * @param scores `[…, queries, keys]`.
 * @throws {AcceleratorError} `OPTION_INVALID`.
 */
export function attentionSoftmax(scores: Tensor, options: AttentionSoftmaxOptions = {}): Tensor {
  checkOptions("attentionSoftmax", options, RULES);
  const { mask, scale = 1 } = options;
  if (mask !== undefined && !(mask instanceof Tensor)) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      `attentionSoftmax: mask must be a tensor, got ${foundText(mask)}.`,
    );
  }
  const bias = mask?.dtype === "bool" ? additive(mask) : mask;
  return withGradient({
    inputs: [scores],
    forward: () => {
      const inputs = { scores, ...(bias ? { bias } : {}) };
      const [value] = runFused("AccAttentionSoftmax", inputs, { scale }, () => [
        composed(scores, bias, scale),
      ]);
      return { value, saved: [value] };
    },
    compose: () => composed(scores, bias && constantOf(bias), scale),
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

function composed(scores: Tensor, bias: Tensor | undefined, scale: number): Tensor {
  const scaled = mul(scores, scale);
  return softmax(bias ? add(scaled, bias) : scaled);
}

function additive(mask: Tensor): Tensor {
  return mul(sub(1, cast(mask, "float32")), MASKED);
}
