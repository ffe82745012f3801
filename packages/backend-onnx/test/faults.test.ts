import "./compile-always.ts";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { registerOnnxKernel } from "../src/device/run-kernel.ts";
import { markStep } from "../src/index.ts";
import { defineKernel } from "../src/lowering/kernel.ts";
import type { TensorSpec } from "../src/tensor-spec.ts";
import { noise } from "./compare-backends.ts";

const test = suite("faults");

test.before(() => tf.setBackend("onnx").then(() => {}));

const rows = (...indices: number[]) => tf.tensor1d(indices, "int32");

test("an index out of range is an error that names the operation", () => {
  const gathered = tf.gather(noise([3, 2], 1), rows(0, 7));
  let error: (Error & { code?: string }) | undefined;
  try {
    gathered.dataSync();
  } catch (reason) {
    error = reason as Error;
  }
  assert.is(error?.code, "VALUE_INVALID");
  assert.match(error?.message ?? "", "GatherV2/");
  assert.match(error?.message ?? "", /7/);
});

test("after an error everything that was computed before is there, and work goes on", () => {
  const weights = tf.variable(tf.tensor1d([1, 2, 3]));
  const before = tf.mul(weights, 2);
  markStep();
  const bad = tf.gather(weights, rows(9));
  const lost = tf.add(bad, 1);
  assert.throws(() => markStep(), /GatherV2/);
  assert.throws(() => lost.dataSync(), /GatherV2/);
  assert.throws(() => tf.mul(lost, 2).dataSync(), /GatherV2/);
  assert.equal([...before.dataSync()], [2, 4, 6]);
  assert.equal([...tf.add(weights, 1).dataSync()], [2, 3, 4]);
  tf.dispose([before, bad, lost]);
  weights.dispose();
});

test("an error frees the memory that it held", () => {
  tf.tidy(() => assert.throws(() => tf.gather(noise([300], 1), rows(999)).dataSync()));
  const { numBytesInUse } = tf.memory() as unknown as { numBytesInUse: number };
  for (let i = 0; i < 20; i++) {
    tf.tidy(() => assert.throws(() => tf.gather(noise([300], 1), rows(999)).dataSync()));
  }
  assert.is((tf.memory() as unknown as { numBytesInUse: number }).numBytesInUse, numBytesInUse);
});

test("a graph that ONNX Runtime refuses is an error, and work goes on", () => {
  const impossible = defineKernel<{ x: tf.TensorInfo }, unknown>({
    name: "Impossible",
    record: ({ x }) => ({
      inputs: [x],
      outputs: [{ shape: x.shape, dtype: "float32" }],
      attributes: undefined,
    }),
    lower: (graph, [x], _, [output]) => [
      graph.value(graph.node("NoSuchOperator", [x?.name ?? ""]), output as TensorSpec),
    ],
  });
  registerOnnxKernel(impossible, "onnx");
  const x = noise([3], 1);
  for (let i = 0; i < 2; i++) {
    const result = tf.engine().runKernel("Impossible", { x }) as tf.Tensor;
    assert.throws(() => result.dataSync(), /NoSuchOperator/);
    result.dispose();
  }
  assert.equal([...tf.mul(tf.onesLike(x), 3).dataSync()], [3, 3, 3]);
});

test("shapes that do not fit are refused at the call, as on cpu", () => {
  assert.throws(() => tf.matMul(noise([2, 3], 1), noise([4, 5], 2)), /inner shapes|must match/);
  assert.throws(() => tf.add(noise([2, 3], 1), noise([4], 2)), /broadcast/);
  assert.throws(() => tf.concat([noise([2, 3], 1), noise([3, 2], 2)], 1), /match/);
  assert.throws(() => tf.slice(noise([3], 1), [2], [4]), /begin\[0\] \+ size\[0\]|must be/);
  assert.throws(() => tf.reshape(noise([6], 1), [4]), /must match/);
});

test("NaN spreads into the loss and the weights, as on cpu", async () => {
  const train = () => {
    const weights = tf.variable(noise([3, 2], 1) as tf.Tensor2D);
    const x = tf.tensor2d([1, Number.NaN, 2], [1, 3]);
    const optimizer = tf.train.sgd(0.1);
    const loss = optimizer.minimize(
      () => tf.mean(tf.relu(tf.matMul(x, weights))) as tf.Scalar,
      true,
    ) as tf.Scalar;
    const result = [...loss.dataSync(), ...weights.dataSync()];
    weights.dispose();
    return result;
  };
  const onnx = train();
  await tf.setBackend("cpu");
  const cpu = train();
  await tf.setBackend("onnx");
  assert.ok(Number.isNaN(onnx[0]));
  assert.equal(onnx, cpu);
});

test("a use after dispose is an error", () => {
  const x = noise([3], 1);
  x.dispose();
  assert.throws(() => tf.add(x, 1), /disposed/);
});

test.run();
