import {
  add,
  cast,
  exp,
  log,
  max,
  mean,
  mul,
  oneHot,
  reshape,
  sub,
  sum,
  type Tensor,
} from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { checkOptions } from "../options/check-options.ts";
import type { OptionRules } from "../options/option-rule.ts";
import type { FusedOutputs } from "./fused-kernel.ts";
import { runFused } from "./run-fused.ts";
import { constantOf, withGradient } from "./with-gradient.ts";

export type SoftmaxCrossEntropyOptions = {
  /** How the losses of the samples are reduced. Default `"mean"`. */
  readonly reduction?: "mean" | "sum" | "none";
  /** Label smoothing: this share of every label is spread evenly over all classes, in `[0, 1)`. Default 0. */
  readonly labelSmoothing?: number;
};

const RULES: OptionRules<SoftmaxCrossEntropyOptions> = {
  reduction: { oneOf: ["mean", "sum", "none"] },
  labelSmoothing: { numberFrom: 0, below: 1 },
};

/**
 * Cross-entropy between labels and the softmax of the logits, exact for logits of any size.
 *
 * @param labels probabilities `[…, classes]` such as one-hot rows, or class indices, int32 `[…]`; an index out of
 *   range counts as a row of zeros. Not differentiated.
 * @param logits `[…, classes]`.
 * @returns a scalar, or `[…]` without reduction.
 * @throws {AcceleratorError} `VALUE_INVALID` if the shapes do not fit, `OPTION_INVALID`.
 */
export function softmaxCrossEntropy(
  labels: Tensor,
  logits: Tensor,
  options: SoftmaxCrossEntropyOptions = {},
): Tensor {
  checkOptions("softmaxCrossEntropy", options, RULES);
  const { reduction = "mean", labelSmoothing = 0 } = options;
  const target = smooth(probabilities(labels, logits), labelSmoothing);
  const losses = withGradient({
    inputs: [logits],
    forward: () => {
      const [value, predicted] = runFused(
        "AccSoftmaxCrossEntropy",
        { labels: target, logits },
        {},
        () => crossEntropy(target, logits),
      );
      return { value, saved: [target, predicted] };
    },
    compose: () => crossEntropy(constantOf(target), logits)[0] as Tensor,
    backward: (dy, saved) => {
      const [labels, predicted] = saved as [Tensor, Tensor];
      return runFused("AccSoftmaxCrossEntropyGrad", { dy, labels, predicted }, {}, () => {
        const excess = sub(mul(predicted, sum(labels, -1, true)), labels);
        return [mul(excess, reshape(dy, [...dy.shape, 1]))];
      });
    },
  });
  if (reduction === "none") return losses;
  return reduction === "sum" ? sum(losses) : mean(losses);
}

/** @returns the losses `[…]` and the softmax of the logits. */
function crossEntropy(
  labels: Tensor,
  logits: Tensor,
): FusedOutputs<"AccSoftmaxCrossEntropy", Tensor> {
  const shifted = sub(logits, constantOf(max(logits, -1, true))); // the shift does not change the losses
  const powers = exp(shifted);
  const total = sum(powers, -1, true);
  const logProbabilities = sub(shifted, log(total));
  return [mul(sum(mul(labels, logProbabilities), -1), -1), exp(logProbabilities)];
}

function probabilities(labels: Tensor, logits: Tensor): Tensor {
  const classes = logits.shape.at(-1) ?? 0;
  const expected = labels.rank === logits.rank ? logits.shape : logits.shape.slice(0, -1);
  if (logits.rank === 0 || labels.shape.join() !== expected.join()) {
    throw new AcceleratorError(
      "VALUE_INVALID",
      "softmaxCrossEntropy needs logits […, classes], and labels of the same shape or int32 […]; got " +
        `logits [${logits.shape}] and labels [${labels.shape}].`,
    );
  }
  if (labels.rank === logits.rank) return cast(labels, "float32");
  if (labels.dtype === "int32") return cast(oneHot(labels, classes), "float32");
  throw new AcceleratorError(
    "VALUE_INVALID",
    `softmaxCrossEntropy: class indices must be int32, got ${labels.dtype}.`,
  );
}

function smooth(labels: Tensor, share: number): Tensor {
  if (share === 0) return labels;
  return add(mul(labels, 1 - share), share / (labels.shape.at(-1) ?? 1));
}
