import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { OnnxBackend } from "../src/index.ts";
import "../src/index.ts";
import { noise } from "./compare-backends.ts";

const test = suite("thousands of steps");

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const NUM_STEPS = 4000;
const WARM_UP_STEPS = 1000;
/** What the garbage collector may not have freed yet. */
const SLACK_MIB = 40;

/** Bytes of this process in use: not what V8 keeps reserved for garbage to come, which grows with the version. */
function footprint(): number {
  collectGarbage();
  const { rss, heapTotal, heapUsed } = process.memoryUsage();
  return rss - heapTotal + heapUsed;
}

test("training needs no more memory, tensors or plans after a while", async () => {
  await tf.setBackend("onnx");
  const { statistics, device } = tf.backend() as OnnxBackend;
  const { recorder } = device;
  const filter = tf.variable(noise([3, 3, 1, 16], 1, 0.3) as tf.Tensor4D);
  const weights = tf.variable(noise([16 * 16, 5], 2, 0.1) as tf.Tensor2D);
  const optimizer = tf.train.adam(0.001);
  const step = (i: number): number => {
    const x = noise([16, 8, 8, 1], i) as tf.Tensor4D;
    const labels = tf.tidy(() =>
      tf.oneHot(
        tf.tensor1d(
          Array.from({ length: 16 }, (_, j) => (i + j) % 5),
          "int32",
        ),
        5,
      ),
    );
    const loss = optimizer.minimize(() => {
      const seen = tf.maxPool(tf.relu(tf.conv2d(x, filter, 1, "same")), 2, 2, "valid");
      const logits = tf.matMul(tf.reshape(seen, [16, -1]), weights) as tf.Tensor2D;
      return tf.losses.softmaxCrossEntropy(labels, logits) as tf.Scalar;
    }, true) as tf.Scalar;
    const value = loss.dataSync()[0] as number;
    tf.dispose([x, labels, loss]);
    return value;
  };
  for (let i = 0; i < 3; i++) step(i);
  const { compiles } = statistics;
  const { numTensors } = tf.memory();
  for (let i = 0; i < WARM_UP_STEPS; i++) step(i);
  const before = footprint();
  for (let i = 0; i < NUM_STEPS; i++) assert.ok(Number.isFinite(step(i)));
  const grown = (footprint() - before) / 2 ** 20;
  assert.is(statistics.compiles, compiles, "plans compiled after the third step");
  assert.is(tf.memory().numTensors, numTensors);
  assert.ok(grown < SLACK_MIB, `the process grew by ${grown.toFixed(1)} MiB`);
  assert.ok(recorder.numPlans < 10, `${recorder.numPlans} plans`);
  console.log(`${NUM_STEPS} steps: ${grown.toFixed(1)} MiB more, ${recorder.numPlans} plans`);
});

test.run();
