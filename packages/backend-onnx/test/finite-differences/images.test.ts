import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { suite } from "uvu";
import { property, upTo, wave } from "./property.ts";

const test = suite(
  "gradients of tfjs are the slopes of the values, over random shapes, on all backends: images",
);

const CONVOLUTION_PADS = [
  "same",
  "valid",
  0,
  1,
  [
    [0, 0],
    [1, 0],
    [2, 1],
    [0, 0],
  ],
] as const;
property(
  test,
  "convolutions, dense and depthwise",
  fc
    .record({
      x: fc.tuple(upTo(2), upTo(7, 4), upTo(7, 4), upTo(3)),
      window: fc.tuple(upTo(3), upTo(3)),
      out: upTo(2),
      steps: fc.constantFrom<{
        strides: number | [number, number];
        dilations: number | [number, number];
      }>(
        { strides: 1, dilations: 1 },
        { strides: 2, dilations: 1 },
        { strides: [1, 2], dilations: 1 },
        { strides: [3, 1], dilations: 1 },
        { strides: 1, dilations: 2 },
        { strides: 1, dilations: [1, 2] },
      ),
      pad: fc.constantFrom(...CONVOLUTION_PADS),
      rounding: fc.constantFrom<"floor" | "round" | "ceil">("floor", "round", "ceil"),
      dense: fc.boolean(),
    })
    .map(({ x, window, out, steps: { strides, dilations }, pad, rounding, dense }) => {
      // With a number as padding tfjs takes the width of the output from the height of the filter; with a wider filter
      // windows may be outside of the image.
      const mode = typeof pad === "string" || (strides !== 1 && pad === 0) ? undefined : rounding;
      return {
        shapes: [x, [...window, x[3], out]],
        fn: (image, filter) =>
          (dense ? tf.conv2d : (tf.depthwiseConv2d as unknown as typeof tf.conv2d))(
            image as tf.Tensor4D,
            filter as tf.Tensor4D,
            strides,
            pad as number,
            "NHWC",
            dilations,
            mode,
          ),
      };
    }),
);

type Image = tf.Tensor4D;
const PADS = ["same", "valid"] as const;
/** Of an image and a number. */
const OF_IMAGES: readonly ((x: Image, k: number) => tf.Tensor)[] = [
  (x, k) => tf.maxPool(x, [2, 1 + (k % 3)], [1 + (k % 2), 2], PADS[k % 2] as "same"),
  (x, k) => tf.avgPool(x, [2, 1 + (k % 3)], [1 + (k % 2), 2], PADS[k % 2] as "same"),
  (x) => tf.maxPool(x, 3, 2, 1, "floor"),
  (x) => tf.avgPool(x, 3, 2, 1, "floor"),
  (x, k) =>
    tf.maxPool3d(tf.expandDims(x, 1) as tf.Tensor5D, [1, 2, 2], 1 + (k % 2), PADS[k % 2] as "same"),
  (x, k) =>
    tf.avgPool3d(tf.expandDims(x, 1) as tf.Tensor5D, [1, 2, 2], 1 + (k % 2), PADS[k % 2] as "same"),
  (x, k) => tf.localResponseNormalization(x, 1 + (k % 3), 1, 0.5, 0.6),
  (x, k) => tf.image.resizeBilinear(x, [3 + (k % 5), 2 + (k % 3)], k % 2 === 0),
  (x, k) => tf.image.resizeNearestNeighbor(x, [3 + (k % 5), 2 + (k % 3)], k % 2 === 0),
  (x, k) =>
    tf.spaceToBatchND(
      x,
      [2, 2],
      [
        [0, x.shape[1] % 2],
        [k % 2 === 0 ? 0 : 2, x.shape[2] % 2],
      ],
    ),
  (x, k) =>
    tf.batchToSpaceND(
      tf.concat([x, x, x, x]),
      [2, 2],
      [
        [0, k % 2],
        [k % 3, 0],
      ],
    ),
  (x) =>
    tf.batchNorm(
      x,
      wave([x.shape[3]], 1),
      tf.abs(wave([x.shape[3]], 2)),
      wave([x.shape[3]], 3),
      wave([x.shape[3]], 4),
      0.1,
    ),
  (x, k) =>
    tf.conv2dTranspose(
      x,
      wave([2, 3, 2, x.shape[3]], k) as Image,
      [x.shape[0], x.shape[1] * 2, x.shape[2] * 2, 2],
      2,
      "same",
    ),
  (x, k) =>
    tf.conv3d(
      tf.expandDims(x, 1) as tf.Tensor5D,
      wave([1, 2, 3, x.shape[3], 2], k) as tf.Tensor5D,
      1 + (k % 2),
      PADS[k % 2] as "same",
    ),
  (x, k) =>
    tf.dilation2d(
      x,
      tf.mul(tf.step(wave([2, 2, x.shape[3]], k)), 4) as tf.Tensor3D, // no sums near another
      1,
      PADS[k % 2] as "same",
    ),
  (x, k) =>
    tf.separableConv2d(
      x,
      wave([2, 2, x.shape[3], 2], k) as Image,
      wave([1, 1, x.shape[3] * 2, 2], k) as Image,
      1,
      "same",
    ),
];
property(
  test,
  "functions of images",
  fc
    .record({
      shape: fc.tuple(upTo(2), upTo(6, 3), upTo(6, 3), upTo(3)),
      k: upTo(11, 0),
      fn: fc.constantFrom(...OF_IMAGES),
    })
    .map(({ shape, k, fn }) => ({
      shapes: [shape],
      fn: (x) => fn(x as Image, k),
      label: `${fn}, k = ${k}`,
    })),
);

test.run();
