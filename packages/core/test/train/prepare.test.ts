import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  Accelerator,
  type AcceleratorError,
  DataLoader,
  LambdaScheduler,
} from "../../src/index.ts";
import { errorOf } from "../checkpoint/error-of.ts";

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
  class Node {
    readonly weight = w();
    readonly self = this;
  }
  class Private {
    readonly #dense = tf.layers.dense({ units: 1, inputShape: [2] });
    constructor() {
      this.#dense.apply(tf.zeros([1, 2]));
    }
    trainableVariables() {
      return this.#dense.trainableWeights;
    }
  }
  /** A layer that tf.layers does not know to hold layers. */
  class Inner extends tf.layers.Layer {
    static className = "Inner";
    readonly inner = tf.layers.dense({ units: 2, inputShape: [2] });
    readonly batchNormalization = tf.layers.batchNormalization();
    override call(x: tf.Tensor): tf.Tensor {
      return this.batchNormalization.apply(this.inner.apply(x)) as tf.Tensor;
    }
  }
  class Holder {
    readonly optimizer = tf.train.adam(1);
    readonly first = tf.layers.dense({ units: 2, inputShape: [2] });
    readonly second = [new Inner({})];
    constructor() {
      this.first.apply(this.second[0]?.apply(tf.zeros([1, 2])) as tf.Tensor);
    }
  }
  const [a, b, c] = [w(), w(), w()];
  const frozen = tf.variable(tf.zeros([1]), false);
  for (const [model, count] of [
    [{ variables: [a, b] }, 2],
    [{ variables: () => [c] }, 1],
    [{ w: w(), frozen }, 1],
    [[w(), w(), w()], 3],
    [new Module(), 3],
    [{ deep: { list: [new Map([["a", new Set([w()])]]), { w: w() }] }, loop: new Node() }, 3],
    [new Private(), 2],
    [new Holder(), 6],
  ] as const) {
    const [, optimizer] = await new Accelerator().prepare(model, tf.train.sgd(1));
    assert.is(optimizer.variables.length, count);
  }
});

const weight = (value = 1) => tf.variable(tf.scalar(value));
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    (error: AcceleratorError) => error.code,
  );

test("an array of what is to be prepared is refused; so is accumulate without a function", async () => {
  const accelerator = new Accelerator();
  for (const other of [tf.train.sgd(1), new DataLoader([1])]) {
    const error = await errorOf(() => accelerator.prepare([weight(), other]));
    assert.is(error.code, "OPTION_INVALID");
    assert.match(error.message, /accelerator\.prepare\(\.\.\.list\)/);
  }
  const numbers = [1, 2];
  assert.is(await accelerator.prepare(numbers), numbers);
  const { w } = await accelerator.prepare({ w: weight() });
  const error = await errorOf(() => (accelerator.accumulate as (model: object) => unknown)({ w }));
  assert.is(error.code, "OPTION_INVALID");
  assert.match(error.message, /accumulate\(model, async \(\) => \{ … \}\)/);
});

test("an optimizer updates the models of its own call", async () => {
  const accelerator = new Accelerator();
  const [a, b, c] = [weight(), weight(), weight()];
  const [, first] = await accelerator.prepare({ a }, tf.train.sgd(1));
  const [second] = await accelerator.prepare(tf.train.sgd(1), { b }, { c });
  assert.equal([first.variables, second.variables], [[a], [b, c]]);
  const loss = await accelerator.backward(() => tf.add(a, tf.mul(tf.add(b, c), 2)) as tf.Scalar);
  loss.dispose();
  second.step();
  assert.equal(
    [a, b, c].map((w) => w.dataSync()[0]),
    [1, -1, -1],
  );
});

test("as many optimizers as models form pairs; groups say it in words; anything else is refused", async () => {
  const [a, b, c, d] = [weight(), weight(), weight(), weight()];
  const sgd = () => tf.train.sgd(1);
  const accelerator = new Accelerator();
  const [, first, , second] = await accelerator.prepare({ a }, sgd(), { b }, sgd());
  assert.equal([first.variables, second.variables], [[a], [b]]);
  const group = { model: { c }, optimizer: sgd() };
  const [third, fourth] = await accelerator.prepare(group, { variables: [d], optimizer: sgd() });
  assert.equal([third.optimizer.variables, fourth.optimizer.variables], [[c], [d]]);
  assert.is(third.model, group.model);
  assert.is(await accelerator.prepare(group), third);
  const both = await new Accelerator().prepare({ models: [{ a }, [b, c]], optimizer: sgd() });
  assert.equal(both.optimizer.variables, [a, b, c]);
  for (const [models, optimizers] of [
    [3, 2],
    [1, 2],
    [2, 3],
  ] as const) {
    const objects = [
      ...Array.from({ length: models }, () => ({ w: weight() })),
      ...Array.from({ length: optimizers }, sgd),
    ];
    const error: AcceleratorError = await new Accelerator().prepare(...objects).then(
      () => assert.unreachable(),
      (fault) => fault,
    );
    assert.is(error.code, "OPTION_INVALID");
    assert.match(error.message, /prepare\(modelA, modelB, optimizerA, optimizerB\)/);
    assert.match(error.message, /\{ model: modelA, optimizer: optimizerA \}/);
  }
});

test("an optimizer prepared by itself takes the models without one, before or after it", async () => {
  const [a, b] = [weight(), weight()];
  const before = new Accelerator();
  const early = await before.prepare(tf.train.sgd(1));
  assert.throws(
    () => early.step(),
    (error: AcceleratorError) => error.code === "STATE_INVALID",
  );
  await before.prepare({ a });
  await before.prepare({ b }, tf.train.sgd(1));
  assert.equal(early.variables, [a]);
  const after = new Accelerator();
  await after.prepare({ a });
  await after.prepare({ b });
  const first = await after.prepare(tf.train.sgd(1));
  assert.equal(first.variables, [a, b]);
  const second = await after.prepare(tf.train.sgd(1));
  assert.equal([first.variables, second.variables], [[a], [b]]);
  await after.prepare(tf.train.sgd(1));
  assert.throws(
    () => first.step(),
    (error: AcceleratorError) => error.code === "OPTION_INVALID",
  );
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
  const refused = (model: object) => codeOf(new Accelerator().prepare(model));
  const flat = tf.sequential({ layers: [tf.layers.flatten({ inputShape: [2, 2] })] });
  assert.is(await refused(flat), "MODEL_INVALID");
  assert.is(await refused({ dense: tf.layers.dense({ units: 2 }) }), "MODEL_INVALID", "not built");
  assert.is(await refused({ variables: [] }), "MODEL_INVALID");
  assert.is(await refused({ w: tf.variable(tf.tensor1d([1], "int32")) }), "MODEL_INVALID");
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

test("a scheduler may come before its optimizer, and waits for the steps of all of them", async () => {
  const gradScaler = { initScale: 2 };
  const accelerator = new Accelerator({ backend: "cpu", gradScaler });
  const [first, second] = [tf.train.sgd(1), tf.train.sgd(1)];
  const [a, b] = [weight(), weight()];
  const [scheduler, optimizer, , other] = await accelerator.prepare(
    new LambdaScheduler(first, (step) => 1 - step / 20),
    ...[first, { a }, second, { b }],
  );
  const rates: number[] = [];
  for (const factor of [1, Number.POSITIVE_INFINITY, 1]) {
    const loss = () => tf.add(a, tf.mul(b, factor)) as tf.Scalar;
    (await accelerator.backward(loss)).dispose();
    for (const one of [optimizer, other] as { step(): void; zeroGrad(): void }[]) {
      one.step();
      one.zeroGrad();
    }
    (scheduler as { step(): void }).step();
    rates.push((optimizer as { learningRate: number }).learningRate);
  }
  assert.equal(rates, [0.95, 0.95, 0.9], "the second optimizer has skipped a step");
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
