import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { OnnxBackend } from "../../src/backend.ts";
import { probeBlockSize } from "../../src/ort/block-size.ts";
import { openRuntime } from "../../src/ort/open-runtime.ts";
import { registerAllKernels } from "../../src/register-all-kernels.ts";
import { noise } from "../compare-backends.ts";

const test = suite("training through the binding of onnxruntime-node");

const root = mkdtempSync(join(tmpdir(), "acc-onnx-"));
test.after(() => rmSync(root, { recursive: true }));

/** A place from where onnxruntime-node is found, and koffi is not. */
function withoutKoffi(): string[] {
  const { resolve } = createRequire(import.meta.url);
  mkdirSync(join(root, "node_modules"));
  symlinkSync(
    dirname(dirname(resolve("onnxruntime-node"))),
    join(root, "node_modules", "onnxruntime-node"),
  );
  return [pathToFileURL(join(root, "script.js")).href];
}

test("gives the weights that the C interface gives", async () => {
  const { runtime } = openRuntime(withoutKoffi());
  assert.is(runtime.path, "binding");
  const blockSize = probeBlockSize(runtime);
  tf.registerBackend("onnx-binding", () => new OnnxBackend(runtime, blockSize), 0);
  registerAllKernels("onnx-binding");
  const results: number[][] = [];
  for (const backend of ["onnx", "onnx-binding"]) {
    await tf.setBackend(backend);
    results.push(trainedWeights());
  }
  assert.equal(results[1], results[0]);
});

function trainedWeights(): number[] {
  const filter = tf.variable(noise([3, 3, 1, 16], 1, 0.3) as tf.Tensor4D);
  const weights = tf.variable(noise([16 * 16, 5], 2, 0.1) as tf.Tensor2D);
  const optimizer = tf.train.adam(0.01);
  for (let i = 0; i < 5; i++) {
    tf.tidy(() => {
      const x = noise([16, 8, 8, 1], i) as tf.Tensor4D;
      const labels = tf.oneHot(tf.range(0, 16, 1, "int32").mod(tf.scalar(5, "int32")), 5);
      optimizer.minimize(() => {
        const seen = tf.maxPool(tf.relu(tf.conv2d(x, filter, 1, "same")), 2, 2, "valid");
        const logits = tf.matMul(tf.reshape(seen, [16, -1]), weights);
        return tf.losses.softmaxCrossEntropy(labels, logits) as tf.Scalar;
      });
    });
  }
  return [...filter.dataSync(), ...weights.dataSync()];
}

test.run();
