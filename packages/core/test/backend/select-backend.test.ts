import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type BackendName, selectBackend } from "../../src/backend/select-backend.ts";
import type { AcceleratorError } from "../../src/index.ts";

const test = suite("backends");

test("auto takes wasm, moves tensors made before, and cpu can be asked for", async () => {
  const early = tf.tensor1d([1, 2, 3]);
  assert.is(tf.getBackend(), "cpu");
  const report = await selectBackend("auto");
  assert.equal(report, { name: "wasm", rejected: [] });
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
  assert.match(error.message, "auto, wasm, cpu");
});

test.run();
