import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import { agree, equals, noise, type OnnxName, withGradients } from "../compare-backends.ts";

const test = suite("convolutions, pooling and resizing");

/** With the blocked layout and without. */
const backends: readonly OnnxName[] = ["onnx", "onnx-plain"];

type Image = tf.Tensor4D;

/** padding, stride, input channels, output channels, batch, filter */
const CONVOLUTIONS = [
  ["same", 1, 16, 32, 16, 3],
  ["valid", 1, 16, 16, 16, 3],
  ["same", 2, 16, 16, 16, 3],
  ["valid", 2, 32, 16, 16, 3],
  ["same", 1, 8, 16, 8, 3],
  ["same", 1, 3, 16, 2, 3],
  ["same", 1, 1, 16, 4, 5],
  ["same", 1, 5, 7, 3, 3],
  ["same", 2, 5, 7, 3, 3],
  ["valid", 1, 16, 16, 16, 1],
  ["valid", 3, 3, 16, 16, 5],
  [1, 1, 16, 16, 2, 3],
  [2, 2, 4, 4, 2, 3],
] as const;

for (const [pad, stride, inputs, outputs, batch, size] of CONVOLUTIONS) {
  const label = `convolution pad ${pad} stride ${stride} ${inputs}->${outputs} batch ${batch} size ${size}`;
  test(label, async () => {
    await agree(
      label,
      () =>
        withGradients(
          (x, filter, bias) =>
            tf.relu(tf.add(tf.conv2d(x as Image, filter as Image, stride, pad), bias as tf.Tensor)),
          [
            noise([batch, 7, 9, inputs], 1),
            noise([size, size, inputs, outputs], 2, 0.2),
            noise([outputs], 3),
          ],
        ),
      { backends },
    );
  });
}

test("convolutions with unequal strides, explicit padding, dilation, and rounding up", async () => {
  const x = () => noise([2, 9, 8, 16], 1) as Image;
  const filter = () => noise([3, 2, 16, 16], 2, 0.2) as Image;
  const padding: [[number, number], [number, number], [number, number], [number, number]] = [
    [0, 0],
    [1, 2],
    [0, 1],
    [0, 0],
  ];
  await agree(
    "explicit",
    () =>
      withGradients((a, b) => tf.conv2d(a as Image, b as Image, [2, 1], padding), [x(), filter()]),
    { backends },
  );
  await agree("dilated", () => [tf.conv2d(x(), filter(), 1, "same", "NHWC", [2, 3])], { backends });
  await agree("rounded", () => [tf.conv2d(x(), filter(), 2, 1, "NHWC", 1, "ceil")], { backends });
  await agree("channels first", () => [
    tf.conv2d(noise([2, 3, 6, 7], 1) as Image, noise([3, 3, 3, 4], 2) as Image, 1, "same", "NCHW"),
  ]);
});

test("fused convolutions", async () => {
  for (const activation of [
    "linear",
    "relu",
    "relu6",
    "sigmoid",
    "elu",
    "leakyrelu",
    "prelu",
  ] as const) {
    await agree(
      activation,
      () => [
        tf.fused.conv2d({
          x: noise([2, 6, 6, 16], 1) as Image,
          filter: noise([3, 3, 16, 16], 2, 0.2) as Image,
          strides: 1,
          pad: "same",
          bias: noise([16], 3),
          activation,
          leakyreluAlpha: 0.3,
          ...(activation === "prelu" ? { preluActivationWeights: noise([16], 4) } : {}),
        }),
        tf.fused.depthwiseConv2d({
          x: noise([2, 6, 6, 4], 1) as Image,
          filter: noise([3, 3, 4, 2], 2, 0.2) as Image,
          strides: 1,
          pad: "same",
          bias: noise([8], 3),
          activation: activation === "prelu" ? "linear" : activation,
          leakyreluAlpha: 0.3,
        }),
      ],
      { backends },
    );
  }
});

test("depthwise convolutions", async () => {
  for (const [pad, stride, multiplier] of [
    ["same", 1, 1],
    ["same", 1, 2],
    ["valid", 1, 3],
    ["same", 2, 1],
    ["valid", 2, 2],
  ] as const) {
    await agree(`pad ${pad} stride ${stride} multiplier ${multiplier}`, () =>
      withGradients(
        (x, filter) => tf.depthwiseConv2d(x as Image, filter as Image, stride, pad),
        [noise([3, 8, 7, 4], 1), noise([3, 3, 4, multiplier], 2)],
      ),
    );
  }
  await agree("dilated", () => [
    tf.depthwiseConv2d(
      noise([3, 8, 7, 4], 1) as Image,
      noise([3, 3, 4, 2], 2) as Image,
      1,
      "same",
      "NHWC",
      2,
    ),
  ]);
});

test("transposed, separable and one-dimensional convolutions", async () => {
  await agree(
    "transposed",
    () =>
      withGradients(
        (x, filter) => tf.conv2dTranspose(x as Image, filter as Image, [16, 12, 12, 16], 2, "same"),
        [noise([16, 6, 6, 16], 1), noise([3, 3, 16, 16], 2, 0.2)],
      ),
    { backends },
  );
  await agree("separable", () =>
    withGradients(
      (x, depthwise, pointwise) =>
        tf.separableConv2d(x as Image, depthwise as Image, pointwise as Image, 1, "same"),
      [noise([2, 6, 6, 4], 1), noise([3, 3, 4, 2], 2), noise([1, 1, 8, 5], 3)],
    ),
  );
  await agree("one-dimensional", () =>
    withGradients(
      (x, filter) => tf.conv1d(x as tf.Tensor3D, filter as tf.Tensor3D, 2, "same"),
      [noise([2, 9, 4], 1), noise([3, 4, 6], 2)],
    ),
  );
});

/** Halves of whole numbers: many are equal, as after a relu. */
const ties = (x: tf.Tensor) => tf.relu(tf.round(tf.mul(x, 3)));

for (const [size, stride, pad] of [
  [2, 2, "valid"],
  [2, 2, "same"],
  [3, 2, "same"],
  [3, 2, "valid"],
  [2, 1, "same"],
  [3, 3, "valid"],
  [[2, 3], [2, 3], "valid"],
  [3, 1, 1],
  [2, 3, "valid"],
] as const) {
  const label = `pooling of ${size} stride ${stride} pad ${pad}`;
  test(label, async () => {
    const window = [size, stride, pad] as [number, number, "valid"];
    for (const [pool, name] of [
      [tf.maxPool, "max"],
      [tf.avgPool, "avg"],
    ] as const) {
      for (const channels of [3, 16]) {
        await agree(
          `${name} ${label} of ${channels} channels`,
          () =>
            withGradients((x) => pool(x as Image, ...window), [noise([3, 12, 12, channels], 1)]),
          { backends },
        );
        await agree(
          `${name} ${label} with ties`,
          () =>
            withGradients(
              (x) => pool(x as Image, ...window),
              [ties(noise([3, 9, 10, channels], 1))],
            ),
          { backends },
        );
      }
    }
  });
}

test("resizing", async () => {
  const sizes: [number, number][] = [
    [9, 7],
    [3, 3],
    [8, 8],
    [1, 2],
    [5, 13],
  ];
  for (const size of sizes) {
    for (const [alignCorners, halfPixelCenters] of [
      [false, false],
      [true, false],
      [false, true],
    ] as const) {
      await agree(`${size} ${alignCorners} ${halfPixelCenters}`, () => {
        const images = noise([2, 4, 5, 3], 1) as Image;
        return [
          tf.image.resizeNearestNeighbor(images, size, alignCorners, halfPixelCenters),
          tf.image.resizeBilinear(images, size, alignCorners, halfPixelCenters),
        ];
      });
    }
  }
});

test("a transposed convolution to less than its image, and a gradient of a dilation", () =>
  agree("computed by the cpu backend", () => {
    const image = noise([1, 8, 8, 8], 1) as Image;
    const filter = noise([8, 8, 8, 8], 2) as Image;
    const dilated = (x: tf.Tensor) =>
      tf.dilation2d(x as Image, noise([2, 2, 8], 3) as tf.Tensor3D, 1, "same");
    return [
      tf.conv2dTranspose(image, filter, [1, 4, 4, 8], 1, "same"),
      ...withGradients(dilated, [image]),
    ];
  }));

test("gradients of resizing, which are its transpose", async () => {
  // The cpu kernels are wrong for several images and for those that are not square.
  const size: [number, number] = [7, 9];
  for (const resize of [tf.image.resizeNearestNeighbor, tf.image.resizeBilinear]) {
    for (const alignCorners of [false, true]) {
      const [height, width, channels] = [4, 5, 2];
      const dy = noise([2, ...size, channels], 9).dataSync();
      const expected: number[] = [];
      await tf.setBackend("cpu");
      for (let i = 0; i < 2 * height * width * channels; i++) {
        const unit = new Float32Array(2 * height * width * channels);
        unit[i] = 1;
        const image = tf.tensor4d(unit, [2, height, width, channels]);
        const response = Array.from(resize(image, size, alignCorners).dataSync());
        expected.push(response.reduce((sum, value, j) => sum + value * (dy[j] as number), 0));
      }
      await equals(`${resize.name} ${alignCorners}`, () => {
        const x = noise([2, height, width, channels], 1) as Image;
        return [
          tf.grad((image: tf.Tensor) =>
            tf.sum(
              tf.mul(resize(image as Image, size, alignCorners), noise([2, ...size, channels], 9)),
            ),
          )(x),
        ];
      }, [expected]);
    }
  }
});

test.run();
