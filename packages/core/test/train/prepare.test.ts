import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  Accelerator,
  type AcceleratorError,
  DataLoader,
  LambdaScheduler,
} from "../../src/index.ts";

const test = suite("prepare");

test("returns objects in order, one of them bare, unknown ones untouched, and again the same", async () => {
  const accelerator = new Accelerator();
  const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [2], units: 1 })] });
  const sgd = tf.train.sgd(0.1);
  const odd = { a: 1 };
  const [number, prepared, nothing, optimizer, object, loader] = await accelerator.prepare(
    5,
    model,
    null,
    sgd,
    odd,
    new DataLoader([1, 2, 3]),
  );
  assert.equal([number, nothing], [5, null]);
  assert.is(prepared, model);
  assert.is(object, odd);
  assert.is(optimizer.optimizer, sgd);
  assert.is(loader.length, 3);
  assert.is(await accelerator.prepare(sgd), optimizer);
  assert.is(await accelerator.prepare(optimizer), optimizer);
  assert.is(await accelerator.prepare(loader), loader);
  assert.is(await accelerator.prepare(model), model);
  const all = model.trainableWeights.length;
  assert.is(optimizer.variables.length, all, "preparing twice registers once");
});

test("takes the variables of whatever lists them", async () => {
  const w = () => tf.variable(tf.zeros([2]));
  class Module {
    readonly scale = w();
    readonly parts = [w(), w()];
    readonly name = "module";
  }
  const [a, b, c] = [w(), w(), w()];
  const frozen = tf.variable(tf.zeros([1]), false);
  for (const [model, count] of [
    [{ variables: [a, b] }, 2],
    [{ variables: () => [c] }, 1],
    [{ w: w(), frozen }, 1],
    [[w(), w(), w()], 3],
    [new Module(), 3],
  ] as const) {
    const [, optimizer] = await new Accelerator().prepare(model, tf.train.sgd(1));
    assert.is(optimizer.variables.length, count);
  }
});

test("an optimizer updates the models of its own call, or all that came before", async () => {
  const accelerator = new Accelerator();
  const [a, b] = [tf.variable(tf.scalar(1)), tf.variable(tf.scalar(1))];
  const [, first] = await accelerator.prepare({ a }, tf.train.sgd(1));
  const [second] = await accelerator.prepare(tf.train.sgd(1), { b });
  const both = await accelerator.prepare(tf.train.sgd(1));
  assert.equal([first.variables, second.variables, both.variables], [[a], [b], [a, b]]);
  const loss = await accelerator.backward(() => tf.add(a, tf.mul(b, 2)) as tf.Scalar);
  loss.dispose();
  second.step();
  assert.equal([a.dataSync()[0], b.dataSync()[0]], [1, -1]);
});

test("freezes what tf.layers freezes", async () => {
  const accelerator = new Accelerator();
  const [frozen, free] = [
    tf.layers.dense({ inputShape: [2], units: 2 }),
    tf.layers.dense({ units: 1 }),
  ];
  frozen.trainable = false;
  const model = tf.sequential({ layers: [frozen, free] });
  const [, optimizer] = await accelerator.prepare(model, tf.train.sgd(1));
  const before = frozen.getWeights().map((weight) => [...weight.dataSync()]);
  const loss = await accelerator.backward(
    () => tf.sum(model.apply(tf.ones([1, 2])) as tf.Tensor) as tf.Scalar,
  );
  loss.dispose();
  optimizer.step();
  assert.equal(
    frozen.getWeights().map((weight) => [...weight.dataSync()]),
    before,
  );
  assert.is(optimizer.variables.length, 2);
});

test("refuses models that cannot be trained", async () => {
  const codeOf = (model: object) =>
    new Accelerator().prepare(model).then(
      () => "no error",
      (error: AcceleratorError) => error.code,
    );
  assert.is(
    await codeOf(tf.sequential({ layers: [tf.layers.flatten({ inputShape: [2, 2] })] })),
    "MODEL_INVALID",
  );
  assert.is(await codeOf({ variables: [] }), "MODEL_INVALID");
  assert.is(await codeOf({ w: tf.variable(tf.tensor1d([1], "int32")) }), "MODEL_INVALID");
});

test("a schedule sets the rate of every kind of optimizer", async () => {
  const optimizers = [
    tf.train.sgd(1),
    tf.train.momentum(1, 0.9),
    tf.train.adam(1),
    tf.train.rmsprop(1),
    tf.train.adagrad(1),
    tf.train.adadelta(1),
    tf.train.adamax(1),
  ];
  for (const raw of optimizers) {
    const accelerator = new Accelerator();
    const w = tf.variable(tf.scalar(1));
    const [, optimizer, scheduler] = await accelerator.prepare(
      { w },
      raw,
      new LambdaScheduler(raw, (step) => 1 / (step + 1)),
    );
    assert.is(optimizer.learningRate, 1);
    scheduler.step();
    assert.is(optimizer.learningRate, 0.5);
    assert.is(scheduler.getLastLearningRate(), 0.5);
  }
  const sgd = tf.train.sgd(1);
  const w = tf.variable(tf.scalar(1));
  const [, optimizer] = await new Accelerator().prepare({ w }, sgd);
  optimizer.learningRate = 0.25;
  sgd.applyGradients([{ name: w.name, tensor: tf.scalar(1) }]);
  assert.is(w.dataSync()[0], 0.75, "the rate that sgd keeps in a tensor follows");
  assert.throws(() => {
    optimizer.learningRate = Number.NaN;
  }, /finite/);
});

test("the scheduler of a prepared optimizer waits for the window to end", async () => {
  const accelerator = new Accelerator({ gradientAccumulationSteps: 2 });
  const sgd = tf.train.sgd(1);
  const [, scheduler] = await accelerator.prepare(
    sgd,
    new LambdaScheduler(sgd, (step) => 1 - step / 20),
  );
  const rates: number[] = [];
  for (let i = 0; i < 4; i++) {
    await accelerator.accumulate(() => scheduler.step());
    rates.push(scheduler.getLastLearningRate());
  }
  assert.equal(rates, [1, 0.95, 0.95, 0.9]);
});

test.run();
