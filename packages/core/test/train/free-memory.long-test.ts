import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Accelerator, DataLoader, launch } from "../../src/index.ts";
import type script from "./fixtures/search-models.ts";
import type { Way } from "./fixtures/search-models.ts";

const test = suite("freeMemory");
type Result = Awaited<ReturnType<typeof script>>;

const search = (
  way: Way,
  sizes: readonly number[],
  trials: number,
  numProcesses: number,
  trains = true,
) =>
  launch<Result>(new URL("./fixtures/search-models.ts", import.meta.url), {
    numProcesses,
    args: [way, sizes, trials, trains],
    timeoutMs: 60_000,
  });

for (const way of ["freeMemory", "dispose"] as const) {
  test(`${way}: 54 models of 10 M weights, which do not fit together`, async () => {
    for (const { results, error } of await search(way, [10e6], 54, 2, false)) {
      assert.is(error, undefined);
      assert.is(results.length, 54);
    }
  });
}

for (const numProcesses of [1, 2, 3]) {
  test(`models of different sizes in turn, ${numProcesses} replicas`, async () => {
    const mean = (numProcesses + 1) / 2;
    const ranks = await search("freeMemory", [70_000, 5, 300_000, 1234], 12, numProcesses);
    for (const { results, error, tensors } of ranks) {
      assert.is(error, undefined);
      assert.equal(results, new Array(12).fill(1 - mean));
      assert.equal(new Set(tensors).size, 1, `tensors after each trial: ${tensors}`);
    }
  });
}

test("what was freed can be prepared again; freeMemory returns undefined for each argument", async () => {
  const accelerator = new Accelerator({ backend: "cpu" });
  const weight = tf.variable(tf.scalar(1));
  const loader = new DataLoader<tf.Tensor1D>([1]);
  const [model, optimizer, first] = await accelerator.prepare({ weight }, tf.train.sgd(1), loader);
  await accelerator.backward(() => model.weight.square() as tf.Scalar);
  assert.ok(accelerator.gradientOf(weight));
  accelerator.step = 3;
  assert.equal(await accelerator.freeMemory(optimizer, first), [undefined, undefined]);
  assert.is(accelerator.step, 0);
  assert.is(accelerator.gradientOf(weight), undefined);
  assert.is(weight.isDisposed, false);
  const [, again, second] = await accelerator.prepare(model, tf.train.sgd(1), loader);
  assert.is.not(second, first);
  await accelerator.backward(() => model.weight.square() as tf.Scalar);
  again.step();
  assert.is(weight.dataSync()[0], -1);
  await accelerator.clear(model);
  assert.ok(weight.isDisposed);
});

test.run();
