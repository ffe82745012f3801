/** What a collector refuses, and what it leaves; what it collects is tested with the loaders. */
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Accelerator, DataLoader } from "../../src/index.ts";
import { errorOf } from "../checkpoint/error-of.ts";
import { testRefusals } from "./test-epoch-collector.ts";

const test = suite("epoch collector");

testRefusals(test, 3);

test("what is no result of the batch is refused, and nothing is kept", async () => {
  const accelerator = new Accelerator({ backend: "cpu" });
  const loader = await accelerator.prepare(
    new DataLoader<tf.Tensor1D>([1, 2, 3, 4, 5], { batchSize: 3 }),
  );
  const collector = accelerator.epochCollector<never>();
  const refusal = (value: unknown) => errorOf(() => collector.add(value as never));
  assert.is((await refusal(tf.zeros([3]))).code, "STATE_INVALID");
  assert.is((await errorOf(() => loader.validMask())).code, "STATE_INVALID");
  const before = tf.memory().numTensors;
  for await (const x of loader) {
    const rows = x.size;
    for (const value of [tf.scalar(1), tf.zeros([rows + 1]), { x, y: tf.zeros([1, 3]) }, [1], 3]) {
      const error = await refusal(value);
      assert.is(error.code, "VALUE_INVALID");
      assert.match(error.message, new RegExp(`each of the ${rows} samples`));
    }
    const strings = await refusal(tf.fill([rows], "a", "string"));
    assert.match(strings.message, /put strings into a list/);
    assert.is(loader.validSamples, rows);
  }
  assert.is(tf.memory().numTensors, before);
});

test("every dtype comes back, also of a part that was left early", async () => {
  for (const backend of ["cpu", "wasm"] as const) {
    const accelerator = new Accelerator({ backend });
    const loader = await accelerator.prepare(
      new DataLoader<tf.Tensor1D>([1, 2, 3, 4, 5], { batchSize: 2 }),
    );
    type Results = { whole: tf.Tensor1D; odd: tf.Tensor; pairs: [tf.Tensor2D] };
    const collector = accelerator.epochCollector<Results>();
    for await (const x of loader) {
      collector.add({
        ...{ whole: x.toInt(), odd: x.mod(2).toBool() },
        pairs: [tf.stack([x, x.neg()], 1) as tf.Tensor2D],
      });
      if (loader.position === 1) break;
    }
    const { whole, odd, pairs } = await collector.collect();
    assert.equal([...whole.dataSync()], [1, 2, 3, 4]);
    assert.equal([whole.dtype, odd.dtype], ["int32", "bool"]);
    assert.equal([...odd.dataSync()].map(Number), [1, 0, 1, 0]);
    assert.equal(await pairs[0].array(), [
      [1, -1],
      [2, -2],
      [3, -3],
      [4, -4],
    ]);
  }
});

test.run();
