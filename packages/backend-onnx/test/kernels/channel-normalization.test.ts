import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { OnnxBackend } from "../../src/index.ts";
import { agree, noise, withGradients } from "../compare-backends.ts";

const test = suite("normalization over channels");

test("and its gradients", async () => {
  for (const [shape, radius, bias, alpha, beta] of [
    [[2, 3, 3, 7], 2, 1.5, 0.7, 0.6],
    [[1, 2, 4, 16], 5, 1, 1, 0.5],
    [[2, 1, 2, 3], 4, 2, 0.1, 0.75], // a radius larger than the number of channels
    [[1, 3, 2, 5], 0, 1, 2, 1],
    [[2, 2, 2, 1], 1, 0.5, 1, -0.5],
  ] as const) {
    await agree(`${shape} radius ${radius}`, () =>
      withGradients(
        (x) => tf.localResponseNormalization(x as tf.Tensor4D, radius, bias, alpha, beta),
        [noise(shape, 1, 3)],
      ),
    );
  }
  await agree("of one image", () =>
    withGradients(
      (x) => tf.localResponseNormalization(tf.relu(x) as tf.Tensor3D, 1, 1, 0.5, 0.75),
      [noise([3, 4, 6], 1)],
    ),
  );
  const { fallbacks } = (tf.findBackend("onnx") as OnnxBackend).statistics;
  assert.is(fallbacks.get("LRNGrad"), undefined);
});

test.run();
