import type * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Accelerator } from "../../src/index.ts";
import { errorOf } from "../checkpoint/error-of.ts";
import { launchCalls } from "../launch/launch-calls.ts";
import { MIXED } from "./fixtures/gather-mixed.ts";

const test = suite("gatherForMetrics of tensors and others in one");
const script = new URL("./fixtures/gather-mixed.ts", import.meta.url);

const EXPECTED = [
  /found null at b\.0\.c\. Pass what is not a tensor/,
  /found string one at s\.0\./,
  /found string one at 1\.0\./,
  /found number 5 at 1\./,
  /found null\./,
  /nothing to gather/,
];

for (const count of [2]) {
  test(`names what is no tensor, on every rank, and the next call works: ${count} replicas`, async () => {
    const [ranks = []] = await launchCalls<{ messages: string[]; next: number[] }>(script, count, [
      [],
    ]);
    for (const { messages, next } of ranks) {
      assert.is(messages.length, EXPECTED.length);
      for (const [i, message] of messages.entries()) assert.match(message, EXPECTED[i] as RegExp);
      assert.is(next.length, count);
    }
  });
}

test("an array of tensors and texts is no list of entries", async () => {
  const accelerator = new Accelerator();
  for (const make of MIXED) {
    const error = await errorOf(() => accelerator.gatherForMetrics(make() as tf.Tensor));
    assert.is(error.code, "VALUE_INVALID");
  }
  assert.equal(await accelerator.gatherForMetrics(["a", { b: 1 }]), ["a", { b: 1 }]);
});

test.run();
