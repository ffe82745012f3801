import * as tf from "@tensorflow/tfjs";
import { at, generate, type Numbers } from "./numbers.ts";
import type { Kind, Program } from "./program.ts";

type Pair = (label: number, prediction: number) => number;

const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const softmax = (values: readonly number[]) => {
  const total = values.reduce((sum, value) => sum + Math.exp(value), 0);
  return values.map((value) => Math.exp(value) / total);
};
const logOf = (x: number) => Math.log(x + 1e-7);

/** Losses that are means over elements. */
const MEANS: readonly [string, (y: tf.Tensor, p: tf.Tensor) => tf.Tensor, Pair][] = [
  ["absoluteDifference", tf.losses.absoluteDifference, (y, p) => Math.abs(y - p)],
  ["meanSquaredError", tf.losses.meanSquaredError, (y, p) => (y - p) ** 2],
  ["hingeLoss", tf.losses.hingeLoss, (y, p) => Math.max(0, 1 - (2 * y - 1) * p)],
  [
    "huberLoss",
    tf.losses.huberLoss,
    (y, p) => (Math.abs(y - p) <= 1 ? 0.5 * (y - p) ** 2 : Math.abs(y - p) - 0.5),
  ],
  ["logLoss", tf.losses.logLoss, (y, p) => -y * logOf(p) - (1 - y) * logOf(1 - p)],
  [
    "sigmoidCrossEntropy",
    (y, p) => tf.losses.sigmoidCrossEntropy(y as tf.Tensor1D, p as tf.Tensor1D),
    (y, p) => softplus(p) - y * p,
  ],
];

const scalar = (value: number): Numbers => ({ shape: [], values: Float64Array.of(value) });

/** With what tf.losses differentiates: the predictions. Labels of the logarithmic loss lie between 0 and 1. */
const elementLoss: Kind = (draw) => {
  const [name, loss, pair] = draw.of(MEANS);
  const shape = draw.sizes(draw.from(1, 3), 4);
  const isLog = name === "logLoss";
  const scale = (x: number) => (isLog ? 0.1 + 0.4 * x : x);
  return {
    label: `${name} of [${shape}]`,
    inputs: [
      { shape, positive: isLog },
      { shape, positive: isLog },
    ],
    run: (y, p) =>
      loss(isLog ? tf.add(tf.mul(y, 0.4), 0.1) : y, isLog ? tf.add(tf.mul(p, 0.4), 0.1) : p),
    reference: ([y, p]) => {
      const values = (p as Numbers).values.map((value, i) =>
        pair(scale((y as Numbers).values[i] as number), scale(value)),
      );
      return scalar(values.reduce((sum, value) => sum + value, 0) / values.length);
    },
  };
};

/** Means over rows of classes. */
const rowLoss: Kind = (draw): Program => {
  const [rows, classes] = draw.sizes(2, 5) as [number, number];
  const isCosine = draw.yes();
  const shape = [rows, classes];
  return {
    label: `${isCosine ? "cosineDistance" : "softmaxCrossEntropy"} of [${shape}]`,
    // tfjs's cross entropy is right for labels that are a distribution, and gives them another gradient than the formula.
    inputs: [{ shape, constant: !isCosine }, { shape }],
    run: (y, p) =>
      isCosine
        ? tf.losses.cosineDistance(y, p, 1)
        : tf.losses.softmaxCrossEntropy(tf.softmax(y), p),
    reference: ([y, p]) => {
      const ofRow = generate([rows], ([row = 0]) => {
        const of = (x: Numbers) => Array.from({ length: classes }, (_, i) => at(x, [row, i]));
        const drawn = of(y as Numbers);
        const labels = isCosine ? drawn : softmax(drawn);
        const logits = of(p as Numbers);
        const total = Math.log(logits.reduce((sum, value) => sum + Math.exp(value), 0));
        return labels.reduce(
          (sum, label, i) =>
            isCosine
              ? sum - label * (logits[i] as number)
              : sum - label * ((logits[i] as number) - total),
          isCosine ? 1 : 0,
        );
      });
      return scalar(ofRow.values.reduce((sum, value) => sum + value, 0) / rows);
    },
  };
};

export const LOSSES: readonly Kind[] = [elementLoss, rowLoss];
