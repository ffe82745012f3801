import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { BackendName } from "../../src/backend/candidates.ts";
import { selectBackend, tryBackends } from "../../src/backend/select-backend.ts";
import type { AcceleratorError } from "../../src/index.ts";

const test = suite("backends");

test("auto takes wasm, moves tensors made before, and cpu can be asked for", async () => {
  const early = tf.tensor1d([1, 2, 3]);
  assert.is(tf.getBackend(), "cpu");
  const report = await selectBackend("auto");
  assert.equal(report.chosen, { name: "wasm", works: true, reason: "" });
  assert.equal(
    report.rejected.map(({ name }) => name),
    ["tensorflow-gpu", "tensorflow", "onnx"],
  );
  assert.is(tf.getBackend(), "wasm");
  assert.equal([...tf.mul(early, 2).dataSync()], [2, 4, 6]);
  await selectBackend("cpu");
  assert.is(tf.getBackend(), "cpu");
  await selectBackend("auto");
  assert.is(tf.getBackend(), "wasm");
});

test("an unknown name is refused with the names there are", async () => {
  const error: AcceleratorError = await selectBackend("cuda" as BackendName).then(
    () => assert.unreachable(),
    (reason) => reason,
  );
  assert.is(error.code, "OPTION_INVALID");
  assert.match(error.message, "auto, tensorflow-gpu, tensorflow, onnx, wasm, cpu");
});

test("one that is not installed is refused with the command that installs it", async () => {
  for (const [name, packageName] of [
    ["tensorflow-gpu", "@tensorflow/tfjs-node-gpu"],
    ["tensorflow", "@tensorflow/tfjs-node"],
    ["onnx", "@acc/backend-onnx"],
  ] as const) {
    const error: AcceleratorError = await selectBackend(name).then(
      () => assert.unreachable(),
      (reason) => reason,
    );
    assert.is(error.code, "BACKEND_UNAVAILABLE");
    assert.match(error.message, `${packageName} is not installed`);
    assert.match(error.message, `npm install ${packageName}`);
  }
});

test("a report tries all of them, and leaves the one that auto takes in use", async () => {
  const attempts = await tryBackends();
  assert.equal(
    attempts.map(({ name, works }) => [name, works]),
    [
      ["tensorflow-gpu", false],
      ["tensorflow", false],
      ["onnx", false],
      ["wasm", true],
      ["cpu", true],
    ],
  );
  assert.is(tf.getBackend(), "wasm");
});

test.run();
