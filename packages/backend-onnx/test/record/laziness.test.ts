import "../compile-always.ts";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { markStep, type OnnxBackend } from "../../src/index.ts";
import { noise } from "../compare-backends.ts";

const test = suite("recording");

test.before.each(async () => {
  await tf.setBackend("onnx");
  markStep();
});

const onnx = () => tf.backend() as OnnxBackend;

test("nothing runs before a value is read or a step is marked", () => {
  const { runs } = onnx().statistics;
  const sum = tf.add(noise([3], 1), 1);
  assert.is(onnx().statistics.runs, runs);
  sum.dataSync();
  assert.is(onnx().statistics.runs, runs + 1);
  const product = tf.mul(sum, 2);
  markStep();
  assert.is(onnx().statistics.runs, runs + 2);
  product.dataSync();
  assert.is(onnx().statistics.runs, runs + 2);
});

test("a value is awaited until the code that asked for it is done", async () => {
  const [expected] = tf.tidy(() => tf.add(noise([3], 1), 1).dataSync());
  const { runs } = onnx().statistics;
  const sum = tf.add(noise([3], 1), 1);
  const values = sum.data();
  sum.dispose();
  assert.is(onnx().statistics.runs, runs);
  markStep();
  assert.is(onnx().statistics.runs, runs + 1);
  assert.is((await values)[0], expected);
  const late = tf.mul(noise([3], 1), 3);
  assert.is((await late.data()).length, 3);
  const { numBytesInUse } = onnx().memory();
  const failed = tf.gather(noise([300], 1), tf.tensor1d([999], "int32"));
  const reason = await failed.data().catch((error: Error) => error.message);
  assert.match(String(reason), "GatherV2/");
  failed.dispose();
  assert.ok(onnx().memory().numBytesInUse <= numBytesInUse + 4096);
});

test("a tensor that nothing refers to any more is not computed", () => {
  const { runs } = onnx().statistics;
  const x = noise([3], 1);
  tf.tidy(() => tf.exp(x)).dispose();
  markStep();
  assert.is(onnx().statistics.runs, runs);
  assert.equal([...tf.add(x, 0).shape], [3]);
});

test("an array may be changed as soon as its tensor is made", () => {
  const values = new Float32Array([1, 2, 3]);
  const doubled = tf.mul(tf.tensor1d(values), 2);
  values.fill(9);
  assert.equal([...doubled.dataSync()], [2, 4, 6]);
});

test("what was read may be changed", () => {
  const x = tf.tensor1d([1, 2, 3]);
  x.dataSync().fill(9);
  assert.equal([...tf.add(x, 1).dataSync()], [2, 3, 4]);
});

test("a variable keeps its old value for what was recorded before it was assigned", () => {
  const variable = tf.variable(tf.tensor1d([1, 2]));
  const before = tf.mul(variable, 10);
  variable.assign(tf.tensor1d([5, 6]));
  const after = tf.mul(variable, 10);
  assert.equal([...before.dataSync()], [10, 20]);
  assert.equal([...after.dataSync()], [50, 60]);
  variable.dispose();
});

test("memory is not reused while calls that read it are pending", () => {
  const sums = Array.from({ length: 20 }, (_, i) =>
    tf.tidy(() => tf.add(tf.fill([64], i), tf.tensor1d(new Float32Array(64).fill(i)))),
  );
  for (const [i, sum] of sums.entries()) assert.is(sum.dataSync()[63], 2 * i);
  tf.dispose(sums);
});

test("tensors move between backends with their types", async () => {
  await tf.setBackend("cpu");
  const made = tf.cast(tf.tensor1d([1, 2, 3], "int32"), "float32");
  await tf.setBackend("onnx");
  const half = tf.div(made, 2);
  assert.equal([...half.dataSync()], [0.5, 1, 1.5]);
  await tf.setBackend("cpu");
  assert.equal([...tf.mul(half, 2).dataSync()], [1, 2, 3]);
});

test("an optimizer's step is one graph, and keeps no gradient", () => {
  const weights = tf.variable(noise([4, 3], 1) as tf.Tensor2D);
  const x = noise([5, 4], 2) as tf.Tensor2D;
  const loss = () => tf.mean(tf.square(tf.matMul(x, weights))) as tf.Scalar;
  for (const optimizer of [tf.train.sgd(0.1), tf.train.adam(0.1), tf.train.momentum(0.1, 0.9)]) {
    optimizer.minimize(loss); // makes its own variables
    const { runs } = onnx().statistics;
    optimizer.minimize(loss);
    assert.is(onnx().statistics.runs, runs + 1);
    const { grads } = tf.variableGrads(loss, [weights]);
    optimizer.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
    assert.is(onnx().statistics.runs, runs + 2);
    tf.dispose(grads);
    const before = [...weights.dataSync()];
    optimizer.minimize(loss);
    assert.is(onnx().statistics.runs, runs + 3);
    assert.not.equal([...weights.dataSync()], before);
  }
  weights.dispose();
});

test("scalars that change are compiled once as constants and once as inputs", () => {
  const x = noise([4], 1);
  const { compiles } = onnx().statistics;
  for (const factor of [1, 2, 3, 4, 5]) {
    const product = tf.tidy(() => tf.exp(tf.mul(x, factor)));
    assert.ok(
      Math.abs((product.dataSync()[1] as number) - Math.exp((x.dataSync()[1] as number) * factor)) <
        1e-5 * Math.exp(factor),
    );
    product.dispose();
  }
  assert.is(onnx().statistics.compiles, compiles + 2);
});

test("where a slice begins does not matter to the graph", () => {
  const x = noise([40, 3], 1);
  const all = x.dataSync();
  const { compiles } = onnx().statistics;
  for (let begin = 0; begin < 40; begin += 4) {
    const rows = tf.tidy(() => tf.neg(tf.slice(x, [begin, 0], [4, 3])));
    assert.is(rows.dataSync()[0], -(all[begin * 3] as number));
    rows.dispose();
  }
  assert.is(onnx().statistics.compiles, compiles + 1);
});

test("shapes and types of equal kernels are told apart", () => {
  for (const shape of [[2], [3], [2, 2]]) {
    assert.equal(tf.zeros(shape).shape, shape);
    assert.is(tf.add(tf.zerosLike(noise(shape, 1)), 1).dataSync().length, noise(shape, 1).size);
  }
});

test("no more than 64 plans are kept", () => {
  for (let length = 1; length <= 80; length++) {
    tf.tidy(() => tf.sin(noise([length + 100], 1)).dataSync());
  }
  assert.ok(
    onnx().device.recorder.numPlans <= 64,
    `${onnx().device.recorder.numPlans} plans are kept`,
  );
  assert.is(tf.sin(tf.zeros([101])).dataSync()[100], 0);
});

test("compiling the same operations for new shapes again and again warns once, with the reason", async () => {
  const warnings: string[] = [];
  const listen = ({ message }: Error) => warnings.push(message);
  process.on("warning", listen);
  for (let length = 1; length <= 40; length++) {
    tf.tidy(() => tf.cosh(tf.tan(noise([length], 1))).dataSync());
  }
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", listen);
  const own = warnings.filter((message) => message.includes("Tan got the shapes"));
  assert.is(own.length, 1);
  assert.match(own[0] ?? "", "Tan got the shapes [21] after [20]");
});

test("a very long chain without a mark is computed in parts", () => {
  const sum = tf.tidy(() => {
    let x: tf.Tensor = tf.zeros([2]);
    for (let i = 0; i < 9000; i++) x = tf.add(x, 1);
    return x;
  });
  assert.is(sum.dataSync()[0], 9000);
});

test("kernels without a lowering are computed by the cpu backend and counted", () => {
  const before = onnx().statistics.fallbacks.get("DenseBincount") ?? 0;
  const counts = tf.denseBincount(tf.tensor1d([1, 2, 1], "int32"), tf.tensor1d([]), 3);
  assert.equal([...counts.dataSync()], [0, 2, 1]);
  assert.is(onnx().statistics.fallbacks.get("DenseBincount"), before + 1);
});

test("time covers what the function recorded", async () => {
  const { kernelMs } = await tf.time(() => tf.matMul(noise([64, 64], 1), noise([64, 64], 2)));
  assert.ok((kernelMs as number) > 0);
  const { kernels, result } = await tf.profile(() => tf.add(noise([3], 1), 1));
  assert.equal(
    kernels.map(({ name }) => name),
    ["Add"],
  );
  assert.is((result as tf.Tensor).size, 3);
});

test.run();
