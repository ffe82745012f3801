import { suite } from "@acc/test-kit/suite";
import * as tf from "@tensorflow/tfjs";
import * as assert from "uvu/assert";
import { Accelerator, type AcceleratorError, DataLoader, launch } from "../../src/index.ts";

const test = suite("tensor lifetime");

/** A small model on an accelerator, and one training step of it. */
async function trainer(batches: number, options: { k?: number } = {}) {
  const accelerator = new Accelerator({ gradientAccumulationSteps: options.k ?? 1 });
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [8, 8, 1], filters: 2, kernelSize: 3, activation: "relu" }),
      tf.layers.flatten(),
      tf.layers.dropout({ rate: 0.5 }),
      tf.layers.dense({ units: 3 }),
    ],
  });
  const inputs = new Float32Array(batches * 4 * 64).fill(0.5);
  const x = tf.tensor4d(inputs, [batches * 4, 8, 8, 1]);
  const y = tf.oneHot(tf.zeros([batches * 4], "int32"), 3).toFloat();
  const [prepared, optimizer, loader, evaluation] = await accelerator.prepare(
    model,
    tf.train.adam(1e-3),
    new DataLoader<[tf.Tensor4D, tf.Tensor2D]>([x, y], { batchSize: 4 }),
    new DataLoader<[tf.Tensor4D, tf.Tensor2D]>([x, y], { batchSize: 8 }),
  );
  const step = async (input: tf.Tensor4D, target: tf.Tensor2D) => {
    await accelerator.accumulate(prepared, async () => {
      const output = prepared.apply(input, { training: true }) as tf.Tensor2D;
      const loss = tf.losses.softmaxCrossEntropy(target, output) as tf.Scalar;
      await accelerator.backward(loss);
      optimizer.step();
      optimizer.zeroGrad();
    });
  };
  return { accelerator, model: prepared, optimizer, loader, evaluation, step };
}

test("500 steps leave the number of tensors as it was after the first", async () => {
  const { loader, step } = await trainer(500);
  let seen = 0;
  let before = 0;
  for await (const [x, y] of loader) {
    await step(x, y);
    seen += 1;
    if (seen === 1) before = tf.memory().numTensors;
    else assert.is(tf.memory().numTensors, before, `at step ${seen}`);
  }
  assert.is(seen, 500);
});

test("a pass leaves nothing behind: complete, broken off, thrown out of, or accumulating", async () => {
  const { accelerator, loader, evaluation, step } = await trainer(8, { k: 2 });
  const run = async (body: (index: number) => Promise<"break" | undefined>): Promise<void> => {
    let index = 0;
    for await (const [x, y] of loader) {
      await step(x, y);
      if ((await body(index++)) === "break") break;
    }
  };
  await run(async () => undefined); // the optimizer makes its moments
  const before = tf.memory().numTensors;
  await run(async () => undefined);
  assert.is(tf.memory().numTensors, before, "complete");
  await run(async (index) => (index === 3 ? "break" : undefined));
  assert.is(tf.memory().numTensors, before, "broken off");
  const thrown = await run(async () => {
    tf.ones([3]);
    throw new Error("in the body");
  }).catch((error: Error) => error.message);
  assert.is(thrown, "in the body");
  // One micro-batch of two: its gradients wait for the rest of the window.
  accelerator.step = 1;
  await run(async () => undefined);
  assert.is(tf.memory().numTensors, before, "thrown out of");
  await run(async () => {
    for await (const [x] of evaluation) tf.add(x, 1);
    for await (const _ of evaluation) break;
    await accelerator.noGrad(async () => {
      for await (const [x] of evaluation) tf.mul(x, 2);
    });
    return undefined;
  });
  assert.is(tf.memory().numTensors, before, "with evaluations inside");
});

test("an abandoned inner iterator is closed by the next step of the outer loop", async () => {
  const { loader, evaluation, step } = await trainer(4);
  for await (const [x, y] of loader) await step(x, y);
  const before = tf.memory().numTensors;
  for await (const [x, y] of loader) {
    await evaluation[Symbol.asyncIterator]().next(); // never returned
    await step(x, y);
  }
  assert.is(tf.memory().numTensors, before);
});

test("keep preserves tensors after their step", async () => {
  const { accelerator, loader } = await trainer(3);
  const kept: tf.Tensor[] = [];
  for await (const [x] of loader) kept.push(accelerator.keep(tf.sum(x)));
  assert.equal(
    kept.map((tensor) => tensor.dataSync()[0]),
    [128, 128, 128],
  );
  const lost: tf.Tensor[] = [];
  for await (const [x] of loader) lost.push(tf.sum(x));
  assert.ok(lost.every((tensor) => tensor.isDisposed));
  tf.dispose(kept);
});

test("gradients of the loop equal variableGrads to the bit", async () => {
  const accelerator = new Accelerator();
  const w = tf.variable(tf.randomNormal([5, 3], 0, 1, "float32", 1));
  const inputs = tf.randomNormal([4, 5], 0, 1, "float32", 2) as tf.Tensor2D;
  const lossOf = (x: tf.Tensor2D) =>
    tf.mean(tf.square(tf.tanh(tf.matMul(x, w as tf.Tensor2D)))) as tf.Scalar;
  const [, loader] = await accelerator.prepare(
    { w },
    new DataLoader<tf.Tensor2D>(inputs, { batchSize: 4 }),
  );
  const expected = tf.variableGrads(() => lossOf(inputs), [w]).grads[w.name]?.dataSync();
  for await (const x of loader) {
    const early = tf.tanh(tf.matMul(x, w as tf.Tensor2D));
    await accelerator.backward(tf.mean(tf.square(early)) as tf.Scalar);
    assert.equal(accelerator.gradientOf(w)?.dataSync(), expected);
  }
});

test("two losses of one step add up, also when they share operations", async () => {
  const accelerator = new Accelerator();
  const w = tf.variable(tf.scalar(3));
  const [, optimizer, loader] = await accelerator.prepare(
    { w },
    tf.train.sgd(1),
    new DataLoader<tf.Tensor1D>([1, 1]),
  );
  for await (const x of loader) {
    const shared = tf.mul(w, x);
    await accelerator.backward(tf.sum(tf.square(shared)) as tf.Scalar, { retainGraph: true });
    await accelerator.backward(tf.sum(shared) as tf.Scalar);
    assert.is(accelerator.gradientOf(w)?.dataSync()[0], 2 * 3 + 1);
    const error = await codeOf(accelerator.backward(tf.sum(shared) as tf.Scalar));
    assert.is(error, "LOSS_UNCONNECTED"); // its graph is released
    optimizer.zeroGrad();
  }
});

test("a closure outside of any loader has a step of its own; the caller disposes its loss", async () => {
  const accelerator = new Accelerator();
  const w = tf.variable(tf.scalar(3));
  const [, optimizer] = await accelerator.prepare({ w }, tf.train.sgd(0.5));
  const before = tf.memory().numTensors;
  const loss = await accelerator.backward(() => tf.square(w) as tf.Scalar);
  assert.is(loss.dataSync()[0], 9);
  optimizer.step();
  optimizer.zeroGrad();
  loss.dispose();
  assert.is(w.dataSync()[0], 0);
  assert.is(tf.memory().numTensors, before);
});

test("backward says what is wrong with a loss", async () => {
  const accelerator = new Accelerator();
  const w = tf.variable(tf.scalar(3));
  assert.is(await codeOf(accelerator.backward(() => tf.square(w) as tf.Scalar)), "STATE_INVALID");
  const [, loader] = await accelerator.prepare({ w }, new DataLoader<tf.Tensor1D>([1]));
  const outside = tf.square(w) as tf.Scalar;
  assert.is(await codeOf(accelerator.backward(outside)), "LOSS_INVALID");
  for await (const x of loader) {
    assert.is(await codeOf(accelerator.backward(tf.mul(w, [1, 2]) as tf.Scalar)), "LOSS_INVALID");
    assert.is(await codeOf(accelerator.backward(tf.sum(x) as tf.Scalar)), "LOSS_UNCONNECTED");
    assert.is(await codeOf(accelerator.backward(3 as unknown as tf.Scalar)), "LOSS_INVALID");
    const unrecorded = accelerator.noGrad(() => tf.square(w) as tf.Scalar);
    assert.is(await codeOf(accelerator.backward(unrecorded)), "LOSS_UNCONNECTED");
    const gone = tf.square(w) as tf.Scalar;
    gone.dispose();
    assert.is(await codeOf(accelerator.backward(gone)), "LOSS_INVALID");
  }
});

for (const numProcesses of [2, 4]) {
  test.slow(
    `${numProcesses} replicas leave as few tensors behind, after an exchange in every step`,
    async () => {
      const script = new URL("./fixtures/count-tensors.ts", import.meta.url);
      const ranks = await launch<number[]>(script, { numProcesses });
      for (const [first, second] of ranks) assert.is(second, first);
    },
  );
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "no error",
    (error: AcceleratorError) => error.code,
  );
}

test.run();
