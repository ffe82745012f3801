import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("a program with a loop of its own: node --import @acc/backend-onnx program.js");

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const TIMEOUT_MS = 60_000;

/** It knows nothing of this package. */
const PROGRAM = `
const tf = require("@tensorflow/tfjs");
(async () => {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: 16, inputShape: [2], activation: "tanh", kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }) }),
      tf.layers.dense({ units: 1, kernelInitializer: tf.initializers.glorotUniform({ seed: 2 }) }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(0.05), loss: "meanSquaredError" });
  const xs = tf.tensor2d([[0, 0], [0, 1], [1, 0], [1, 1]]);
  const ys = tf.tensor2d([[0], [1], [1], [0]]);
  const { history } = await model.fit(xs, ys, { epochs: 200, batchSize: 4, shuffle: false, verbose: 0 });
  console.log(JSON.stringify({ backend: tf.getBackend(), loss: history.loss.at(-1) }));
})();`;

test("computes it on the onnx backend, with the numbers of the cpu backend", async () => {
  const run = async (...options: string[]) => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...options, "--eval", PROGRAM],
      { cwd: PACKAGE, timeout: TIMEOUT_MS },
    );
    return JSON.parse(stdout.trim().split("\n").at(-1) as string) as {
      backend: string;
      loss: number;
    };
  };
  const onnx = await run("--import", "@acc/backend-onnx");
  const plain = await run();
  assert.is(onnx.backend, "onnx");
  assert.is(plain.backend, "cpu");
  assert.ok(onnx.loss < 0.05, `${onnx.loss}`);
  assert.ok(
    Math.abs(onnx.loss - plain.loss) < 1e-3 + 0.05 * plain.loss,
    `${onnx.loss}, ${plain.loss}`,
  );
});

test.run();
