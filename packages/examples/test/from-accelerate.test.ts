/** A short run on one replica; the long tests run all of them to the end, on one replica and on two. */
import { suite } from "@acc/test-kit/suite";
import * as assert from "uvu/assert";
import { accuracyIn } from "./accuracy-in.ts";
import { runInScratch } from "./run-in-scratch.ts";

const test = suite("examples of Accelerate, on one replica");

test.slow("nlp-example learns", async () => {
  const args = ["--num-epochs", "6", "--mixed-precision", "no"];
  const ended = await runInScratch("from-accelerate/nlp-example.ts", undefined, args);
  assert.is(ended.code, 0, ended.output);
  assert.ok(accuracyIn(ended.stdout) >= 85, ended.stdout);
});

test("arguments that do not fit are refused before anything is trained", async () => {
  const args = ["--checkpointing-steps", "often"];
  const ended = await runInScratch("from-accelerate/nlp-example.ts", undefined, args);
  assert.is.not(ended.code, 0);
  assert.match(ended.output, /--checkpointing-steps .* 1 or "epoch", got "often"/);
  assert.not.match(ended.stdout, /accuracy/);
});

test.run();
