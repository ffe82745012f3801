import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Accelerator, type AcceleratorError, launch } from "../../src/index.ts";
import { warningsOf } from "./warnings-of.ts";

const test = suite("variables that prepare does not see");
const script = new URL("./fixtures/unprepared.ts", import.meta.url);

test("one replica names them once, with what to do", async () => {
  const accelerator = new Accelerator();
  const [seen, hidden, frozen] = [
    tf.variable(tf.scalar(1)),
    tf.variable(tf.scalar(1), true, "hidden"),
    tf.variable(tf.scalar(1), false),
  ];
  class Net {
    readonly seen = seen;
    readonly #hidden = hidden;
    loss = () => tf.mul(tf.mul(seen, this.#hidden), frozen) as tf.Scalar;
  }
  const net = new Net();
  await accelerator.prepare(net, tf.train.adam(1));
  const warnings = await warningsOf(async () => {
    for (let i = 0; i < 3; i++) await accelerator.backward(net.loss);
    await accelerator.backward(() => tf.add(seen, accelerator.noGrad(net.loss)) as tf.Scalar);
  });
  assert.is(warnings.length, 1);
  assert.match(warnings[0] ?? "", /"hidden".*prepare.*trainableVariables\(\).*noGrad/);
});

test("with several replicas they are an error on every rank", async () => {
  const ranks = await launch<string[]>(script, { numProcesses: 2 });
  assert.equal(ranks, [
    ["VARIABLE_UNPREPARED", "VARIABLE_UNPREPARED", "fine"],
    ["VARIABLE_UNPREPARED", "VARIABLE_UNPREPARED", "fine"],
  ]);
});

test("backward on models whose variables are all frozen says so", async () => {
  const accelerator = new Accelerator();
  const dense = tf.layers.dense({ units: 1, inputShape: [2] });
  const model = tf.sequential({ layers: [dense] });
  dense.trainable = false;
  const [, optimizer] = await accelerator.prepare(model, tf.train.sgd(1));
  const loss = () => tf.sum(model.apply(tf.ones([1, 2])) as tf.Tensor) as tf.Scalar;
  for (const call of [() => accelerator.backward(loss), async () => optimizer.minimize(loss)]) {
    const error: AcceleratorError = await call().then(
      () => assert.unreachable(),
      (fault) => fault,
    );
    assert.is(error.code, "MODEL_INVALID");
    assert.match(error.message, /no trainable variables.*trainable = true/);
  }
  const other = tf.variable(tf.scalar(1));
  await accelerator.prepare({ other });
  const error: AcceleratorError = await accelerator.backward(loss).then(
    () => assert.unreachable(),
    (fault) => fault,
  );
  assert.is(error.code, "LOSS_UNCONNECTED");
  assert.match(error.message, /frozen/);
  dense.trainable = true;
  (await accelerator.backward(loss)).dispose();
  assert.is(optimizer.variables.length, 2);
});

test("minimize outside of a loader leaves only what it returns", async () => {
  const accelerator = new Accelerator();
  const w = tf.variable(tf.scalar(3));
  const [, optimizer] = await accelerator.prepare({ w }, tf.train.adam(0.5));
  const loss = () => tf.square(w) as tf.Scalar;
  optimizer.minimize(loss); // makes the moments
  const before = tf.memory().numTensors;
  assert.is(optimizer.minimize(loss), null);
  assert.is(tf.memory().numTensors, before);
  const cost = optimizer.minimize(loss, true, [w]);
  assert.is(tf.memory().numTensors, before + 1);
  assert.ok((cost?.dataSync()[0] ?? 0) > 0);
  cost?.dispose();
  const { value, grads } = optimizer.computeGradients(loss);
  optimizer.applyGradients(grads);
  tf.dispose([value, grads]);
  assert.is(tf.memory().numTensors, before);
  assert.throws(
    () => optimizer.minimize(loss, false, [tf.variable(tf.scalar(1))]),
    (error: AcceleratorError) => error.code === "VARIABLE_UNPREPARED",
  );
  assert.throws(
    () => optimizer.minimize((async () => loss()) as unknown as () => tf.Scalar),
    (error: AcceleratorError) => error.code === "LOSS_INVALID",
  );
});

test.run();
