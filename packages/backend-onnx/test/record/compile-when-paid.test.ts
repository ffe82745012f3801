import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { markStep, type OnnxBackend } from "../../src/index.ts";
import { noise } from "../noise.ts";

const test = suite("what is compiled");

test.before(() => tf.setBackend("onnx").then(() => {}));

const statistics = () => (tf.backend() as OnnxBackend).statistics;
const wasmTensors = () => tf.findBackend("wasm").numDataIds();

/** A text that grows by a token at a time, so that no two rounds have the same shapes. */
function generate(length: number): number[] {
  return tf.tidy(() => {
    let text = noise([1, 8], 1);
    for (let i = 0; i < length; i++) {
      const scores = tf.softmax(tf.matMul(text, text, false, true));
      const next = tf.tanh(tf.mean(tf.matMul(scores, text), 0, true));
      text = tf.concat([text, next]);
    }
    return [...text.dataSync()];
  });
}

test("what comes once is not compiled, and its numbers are those of the cpu backend", async () => {
  const { compiles } = statistics();
  const generated = generate(60);
  assert.is(statistics().compiles, compiles);
  await tf.setBackend("cpu");
  const expected = generate(60);
  await tf.setBackend("onnx");
  for (const [i, value] of expected.entries()) {
    assert.ok(Math.abs((generated[i] as number) - value) < 1e-5, `${i}: ${generated[i]}, ${value}`);
  }
});

test("a loop that reads a value in each round becomes one graph", () => {
  const weights = noise([16, 16], 2);
  const { compiles } = statistics();
  const results: number[] = [];
  for (let round = 0; round < 200; round++) {
    results.push(
      tf.tidy(() => {
        let x = tf.fill([4, 16], 0.25) as tf.Tensor;
        for (let i = 0; i < 10; i++) x = tf.relu(tf.add(tf.matMul(x, weights), 0.1));
        return tf.mean(x).dataSync()[0] as number;
      }),
    );
  }
  weights.dispose();
  assert.is(statistics().compiles, compiles + 1);
  const [first = 0] = results;
  for (const result of results) assert.ok(Math.abs(result - first) <= 1e-5 * Math.abs(first));
});

test("values go from single calls to graphs and back, and none stays behind", () => {
  const round = (length: number) =>
    tf.tidy(() => {
      const fresh = tf.add(tf.range(0, length), 1); // another shape in each round: by itself
      const repeated = tf.sqrt(tf.square(tf.fill([64], 3)));
      markStep();
      const both = tf.add(tf.sum(fresh), tf.sum(repeated));
      return [both.dataSync()[0], tf.concat([fresh, repeated]).dataSync().length];
    });
  for (let i = 1; i < 100; i++) round(i);
  const { numTensors, numDataBuffers } = tf.memory();
  const onHeap = wasmTensors();
  for (let i = 1; i < 300; i++) assert.equal(round(i), [(i * (i + 1)) / 2 + 192, i + 64]);
  assert.is(tf.memory().numTensors, numTensors);
  assert.is(tf.memory().numDataBuffers, numDataBuffers);
  assert.is(wasmTensors(), onHeap);
});

test("training in a loop of tfjs is compiled, and goes as on the cpu backend", async () => {
  const train = () => {
    const weights = tf.variable(noise([6, 3], 3) as tf.Tensor2D);
    const optimizer = tf.train.adam(0.05);
    const losses: number[] = [];
    for (let step = 0; step < 120; step++) {
      const loss = optimizer.minimize(() => {
        const output = tf.matMul(noise([12, 6], step % 5) as tf.Tensor2D, weights);
        return tf.mean(tf.square(tf.sub(output, 1))) as tf.Scalar;
      }, true) as tf.Scalar;
      losses.push(loss.dataSync()[0] as number);
      loss.dispose();
    }
    weights.dispose();
    optimizer.dispose();
    return losses;
  };
  const { runs } = statistics();
  const onnx = train();
  assert.ok(statistics().runs > runs + 60);
  await tf.setBackend("cpu");
  const cpu = train();
  await tf.setBackend("onnx");
  for (const [i, loss] of cpu.entries()) {
    assert.ok(Math.abs((onnx[i] as number) - loss) < 1e-4 * (1 + loss), `step ${i}`);
  }
});

test("what a data set computes between two steps is no part of them", async () => {
  const samples = tf.data
    .generator(function* () {
      for (let i = 0; i < 400; i++) yield i;
    })
    .map((i) => ({
      x: tf.fill([4], (i as number) % 7),
      y: tf.oneHot(tf.scalar((i as number) % 3, "int32"), 3),
    }))
    .shuffle(20, "1")
    .batch(4);
  const weights = tf.variable(noise([4, 3], 5) as tf.Tensor2D);
  const optimizer = tf.train.sgd(0.01);
  const { compiles } = statistics();
  let steps = 0;
  await samples.forEachAsync((batch) => {
    const { x, y } = batch as { x: tf.Tensor2D; y: tf.Tensor2D };
    const loss = optimizer.minimize(
      () => tf.losses.softmaxCrossEntropy(y, tf.matMul(x, weights)) as tf.Scalar,
      true,
    );
    assert.ok(Number.isFinite(loss?.dataSync()[0]));
    tf.dispose([x, y, loss as tf.Tensor]);
    steps += 1;
  });
  assert.is(steps, 100);
  assert.ok(statistics().compiles - compiles <= 6, `${statistics().compiles - compiles} graphs`);
  weights.dispose();
});

test("an operation that fails says so at the call, and work goes on", () => {
  const rows = tf.tensor1d([0, 9], "int32");
  assert.throws(() => tf.gather(noise([3, 2], 1), rows).dataSync(), /index value 9/);
  assert.equal([...tf.add(rows, 1).dataSync()], [1, 10]);
  rows.dispose();
});

test.run();
