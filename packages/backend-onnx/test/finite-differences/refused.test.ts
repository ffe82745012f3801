import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { suite } from "uvu";
import { type Case, positive, property } from "./property.ts";

const test = suite("gradients that tfjs refuses or computes wrongly, on all backends");

type Image = tf.Tensor4D;
type Volume = tf.Tensor5D;

const CASES: Readonly<Record<string, Case>> = {
  "a fused convolution with gaps in its filter": {
    shapes: [
      [1, 6, 5, 2],
      [2, 2, 2, 3],
    ],
    fn: (x, filter) =>
      tf.fused.conv2d({
        x: x as Image,
        filter: filter as Image,
        strides: 1,
        pad: "same",
        dilations: [2, 3],
      }),
  },
  "a dilated convolution with channels first": {
    shapes: [
      [2, 2, 6, 5],
      [2, 3, 2, 2],
    ],
    fn: (x, filter) => tf.conv2d(x as Image, filter as Image, 1, "same", "NCHW", [2, 1]),
  },
  "a convolution with strides, pairs as padding and channels first": {
    shapes: [
      [1, 2, 6, 4],
      [3, 4, 2, 2],
    ],
    fn: (x, filter) => {
      const pad = [0, 0, 2, 2].map((after, axis) => [axis === 3 ? 2 : 0, after]);
      return tf.conv2d(x as Image, filter as Image, 2, pad as never, "NCHW", 1, "round");
    },
  },
  "a transposed convolution of volumes": {
    shapes: [
      [1, 2, 1, 2, 2],
      [2, 1, 3, 2, 2],
    ],
    fn: (x, filter) =>
      tf.conv3dTranspose(x as Volume, filter as Volume, [1, 4, 2, 4, 2], 2, "same"),
  },
  "strides that skip the last voxels": {
    shapes: [
      [1, 2, 2, 4, 1],
      [1, 1, 2, 1, 2],
    ],
    fn: (x, filter) => tf.conv3d(x as Volume, filter as Volume, [3, 2, 3], "same"),
  },
  "largest values of windows that are not cubes": {
    shapes: [[1, 4, 3, 5, 2]],
    fn: (x) => tf.maxPool3d(x as Volume, [1, 2, 3], [1, 3, 1], "valid"),
  },
  "means of rounded windows": {
    shapes: [[1, 8, 3, 2]],
    fn: (x) =>
      tf.avgPool(
        x as Image,
        [4, 2],
        [1, 3],
        [
          [0, 0],
          [0, 1],
          [1, 0],
          [0, 0],
        ],
        "ceil",
      ),
  },
  "largest values of rounded windows": {
    shapes: [[1, 4, 2, 2]],
    fn: (x) =>
      tf.maxPool(
        x as Image,
        [4, 1],
        [2, 1],
        [
          [0, 0],
          [2, 0],
          [0, 0],
          [0, 0],
        ],
        "ceil",
      ),
  },
  "batch normalisation of the second axis": {
    shapes: [
      [2, 3, 2, 2],
      [1, 3, 1, 1],
      [1, 3, 1, 1],
      [1, 3, 1, 1],
      [1, 3, 1, 1],
    ],
    fn: (x, mean, variance, offset, scale) => {
      const [m, o, s] = [mean, offset, scale] as Image[];
      return tf.batchNorm(x as Image, m as Image, positive(variance as Image) as Image, o, s);
    },
  },
  "a choice by a comparison": {
    shapes: [[3, 4]],
    fn: (x) =>
      tf.where(tf.greater(x as tf.Tensor, 0.1), tf.square(x as tf.Tensor), tf.neg(x as tf.Tensor)),
  },
};

for (const [name, one] of Object.entries(CASES)) property(test, name, fc.constant(one));

test.run();
