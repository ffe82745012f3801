import { once } from "node:events";
import { suite } from "@acc/test-kit/suite";
import * as tf from "@tensorflow/tfjs";
import * as assert from "uvu/assert";
import "../src/index.ts";
import { testRelease, worker } from "./test-replicas.ts";

const test = suite("threads that end");

test("a thread that is terminated in the middle of a graph ends no other thread", async () => {
  await tf.setBackend("onnx");
  for (let i = 0; i < 2; i++) {
    const victim = worker(600, true);
    await once(victim, "message");
    await new Promise((resolve) => setTimeout(resolve, 5 * i));
    await victim.terminate();
    assert.equal([...tf.add([1, 2], 3).dataSync()], [4, 5]);
  }
});

testRelease(test.slow, 4);

test.run();
