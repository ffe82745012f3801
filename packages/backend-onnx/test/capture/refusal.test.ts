import { type AcceleratedOptimizer, Accelerator, type AcceleratorOptions } from "@acc/core";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("compileStep: what it follows and what it refuses");

type Setup = {
  readonly accelerator: Accelerator;
  readonly weight: tf.Variable;
  readonly optimizer: AcceleratedOptimizer;
  /** One plain step: loss = mean((x w)^2). */
  readonly plain: (x: tf.Tensor) => Promise<tf.Tensor>;
};

async function setUp(
  backend: "onnx" | "cpu" = "onnx",
  make = (): tf.Optimizer => tf.train.sgd(0.1),
  options: AcceleratorOptions = {},
): Promise<Setup> {
  const accelerator = new Accelerator({ backend, ...options });
  await accelerator.prepare(tf.zeros([1]));
  const weight = tf.variable(tf.tensor2d([[1], [2], [3]]));
  const [, optimizer] = await accelerator.prepare({ weight }, make());
  const plain = async (x: tf.Tensor) => {
    const loss = await accelerator.backward(() => tf.mean(tf.square(tf.matMul(x, weight))));
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  };
  return { accelerator, weight, optimizer, plain };
}

const batch = (seed: number, rows = 4) =>
  tf.tensor2d(
    Float32Array.from({ length: rows * 3 }, (_, i) => Math.sin(i + seed)),
    [rows, 3],
  );

function recorded(): number {
  return (tf.backend() as unknown as { statistics: { recorded: number } }).statistics.recorded;
}

/** Warnings of `compileStep` while `body` runs, and until they are delivered. */
async function warningsOf(body: () => Promise<void>): Promise<string[]> {
  const warnings: string[] = [];
  const listen = ({ message }: Error) => {
    if (message.startsWith("compileStep")) warnings.push(message);
  };
  process.on("warning", listen);
  await body();
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", listen);
  return warnings;
}

/** Runs a step a few times with and without `compileStep`: the numbers must be equal, whatever it decides. */
async function compare(
  body: (setup: Setup, x: tf.Tensor, call: number) => Promise<tf.Tensor>,
  make?: () => tf.Optimizer,
): Promise<{ readonly warnings: string[]; readonly isReplayed: boolean }> {
  const outcomes: number[][] = [];
  let isReplayed = false;
  const warnings = await warningsOf(async () => {
    for (const isCompiled of [false, true]) {
      const setup = await setUp("onnx", make);
      let call = 0;
      const step = (x: tf.Tensor) => body(setup, x, call++);
      const run = isCompiled ? setup.accelerator.compileStep(step) : step;
      const losses: number[] = [];
      for (let i = 0; i < 9; i++) {
        const x = batch(i);
        const before = recorded();
        const loss = await run(x);
        isReplayed = isCompiled && recorded() === before;
        losses.push(...loss.dataSync());
        tf.dispose([x, loss]);
      }
      outcomes.push([...losses, ...setup.weight.dataSync()]);
    }
  });
  assert.equal(outcomes[1], outcomes[0]);
  return { warnings, isReplayed };
}

test("replays a step that is always the same", async () => {
  const { warnings, isReplayed } = await compare(({ plain }, x) => plain(x));
  assert.equal(warnings, []);
  assert.ok(isReplayed);
});

test("takes a learning rate that is set between the steps", async () => {
  const { accelerator, plain, optimizer, weight } = await setUp();
  const run = accelerator.compileStep(plain);
  for (let i = 0; i < 6; i++) tf.dispose(await run(batch(i)));
  optimizer.learningRate = 0;
  const before = weight.dataSync();
  tf.dispose(await run(batch(6)));
  assert.equal(weight.dataSync(), before, "a rate of 0 moves nothing");
  optimizer.learningRate = 0.1;
  tf.dispose(await run(batch(7)));
  assert.not.equal(weight.dataSync(), before);
});

test("sees weights that are assigned from outside", async () => {
  const { accelerator, plain, weight } = await setUp();
  const run = accelerator.compileStep(plain);
  for (let i = 0; i < 6; i++) tf.dispose(await run(batch(i)));
  weight.assign(tf.zeros([3, 1]));
  assert.is((await run(batch(1))).dataSync()[0], 0);
});

test("leaves a copy of a weight as it was", async () => {
  const { accelerator, plain, weight } = await setUp();
  const run = accelerator.compileStep(plain);
  for (let i = 0; i < 6; i++) tf.dispose(await run(batch(i)));
  const copy = weight.clone();
  const before = weight.dataSync();
  tf.dispose(await run(batch(6)));
  assert.equal(copy.dataSync(), before);
  assert.not.equal(weight.dataSync(), before);
});

test("traces again for other shapes", async () => {
  const { accelerator, plain } = await setUp();
  const run = accelerator.compileStep(plain);
  for (let i = 0; i < 8; i++) tf.dispose(await run(batch(i, 4)));
  for (let i = 0; i < 8; i++) {
    const loss = await run(batch(i, i % 2 === 0 ? 7 : 4));
    assert.ok(Number.isFinite(loss.dataSync()[0]));
  }
  const before = recorded();
  const x = batch(9, 7);
  tf.dispose([await run(x), await run(batch(9, 4)), x]);
  assert.is(recorded(), before);
});

test("returns structures, and keeps gradients that the step leaves", async () => {
  const { accelerator, weight } = await setUp();
  const run = accelerator.compileStep(async ({ x }: { x: tf.Tensor }) => {
    const output = tf.matMul(x, weight);
    const loss = await accelerator.backward(() => tf.mean(tf.square(tf.matMul(x, weight))));
    return { loss, parts: [output, x] as const, name: "step" };
  });
  for (let i = 0; i < 6; i++) {
    const x = batch(i);
    const { loss, parts, name } = await run({ x });
    assert.is(name, "step");
    assert.equal(parts[0].shape, [4, 1]);
    assert.equal(parts[1].dataSync(), batch(i).dataSync());
    const expected = tf.mean(tf.square(parts[0])).dataSync()[0] as number;
    assert.ok(Math.abs((loss.dataSync()[0] as number) - expected) < 1e-5);
  }
  assert.ok(accelerator.gradientOf(weight));
});

test("follows the moving averages of batch normalisation", async () => {
  const outcomes: number[][] = [];
  for (const isCompiled of [false, true]) {
    const accelerator = new Accelerator({ backend: "onnx" });
    await accelerator.prepare(tf.zeros([1]));
    const layers = [
      tf.layers.batchNormalization({ inputShape: [3] }),
      tf.layers.dense({ units: 1, kernelInitializer: "ones" }),
    ];
    const [model, optimizer] = await accelerator.prepare(
      tf.sequential({ layers }),
      tf.train.adam(0.1),
    );
    const plain = async (x: tf.Tensor) => {
      const loss = await accelerator.backward(() =>
        tf.mean(tf.square(tf.sub(model.apply(x, { training: true }) as tf.Tensor, 3))),
      );
      optimizer.step();
      optimizer.zeroGrad();
      return loss;
    };
    const run = isCompiled ? accelerator.compileStep(plain) : plain;
    let records = 0;
    for (let i = 0; i < 8; i++) {
      const x = batch(i);
      records = recorded();
      tf.dispose([await run(x), x]);
      records = recorded() - records;
    }
    assert.is(records === 0, isCompiled);
    outcomes.push(model.getWeights().flatMap((weight) => [...weight.dataSync()]));
  }
  assert.equal(outcomes[1], outcomes[0]);
});

test("hands on an error of the operations, and can be followed again", async () => {
  const { accelerator, weight, optimizer } = await setUp();
  const run = accelerator.compileStep(async (x: tf.Tensor, rows: tf.Tensor) => {
    const loss = await accelerator.backward(() =>
      tf.mean(tf.square(tf.gather(tf.matMul(x, weight), rows as tf.Tensor1D))),
    );
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  });
  const rows = (last: number) => tf.tensor1d([0, 1, last], "int32");
  let code = "";
  try {
    await run(batch(0), rows(99));
  } catch (error) {
    code = (error as { code: string }).code;
  }
  assert.is(code, "VALUE_INVALID");
  weight.assign(tf.tensor2d([[1], [2], [3]])); // its update was lost with the graph
  for (let i = 0; i < 6; i++) tf.dispose(await run(batch(i), rows(2)));
  const x = batch(6);
  const before = recorded();
  assert.ok(Number.isFinite((await run(x, rows(2))).dataSync()[0]));
  assert.is(recorded(), before);
});

for (const [name, reason, body, make] of [
  [
    "a value that is read",
    "reads a tensor",
    async ({ plain }: Setup, x: tf.Tensor) => {
      const loss = await plain(x);
      return (loss.dataSync()[0] as number) > 1 ? loss : tf.neg(loss);
    },
  ],
  [
    "random numbers of JavaScript",
    "random numbers",
    ({ plain }: Setup, x: tf.Tensor, call: number) =>
      plain(tf.mul(x, tf.randomUniform([4, 3], 0.5, 1, "float32", call))),
  ],
  [
    "a counter",
    "differ from call to call",
    ({ plain }: Setup, x: tf.Tensor, call: number) => plain(tf.mul(x, 1 / (call + 1))),
  ],
  [
    "an optimizer without a kernel",
    "Adagrad",
    ({ plain }: Setup, x: tf.Tensor) => plain(x),
    () => tf.train.adagrad(0.1),
  ],
  [
    "different operations",
    "differ from call to call",
    ({ plain }: Setup, x: tf.Tensor, call: number) =>
      plain(call % 2 === 0 ? tf.relu(x) : tf.abs(x)),
  ],
] as const) {
  test(`refuses ${name}, says why once, and runs the step as it is`, async () => {
    const { warnings, isReplayed } = await compare(body, make);
    assert.is(warnings.length, 1, warnings.join("\n"));
    assert.match(warnings[0] as string, reason);
    assert.not(isReplayed);
  });
}

test("passes on what the step throws, and goes on afterwards", async () => {
  const { accelerator, plain } = await setUp();
  let fails = false;
  const run = accelerator.compileStep((x: tf.Tensor) => {
    if (fails) throw new Error("no batch");
    return plain(x);
  });
  tf.dispose(await run(batch(0)));
  fails = true;
  let message = "";
  await run(batch(1)).catch((error: Error) => {
    message = error.message;
  });
  assert.is(message, "no batch");
  fails = false;
  for (let i = 0; i < 5; i++) tf.dispose(await run(batch(i)));
  const before = recorded();
  tf.dispose(await run(batch(5)));
  assert.is(recorded(), before);
});

test("runs the function as it is on another backend", async () => {
  const results: number[][] = [];
  for (const isCompiled of [false, true]) {
    const { accelerator, plain, weight } = await setUp("cpu");
    const run = isCompiled ? accelerator.compileStep(plain) : plain;
    const inputs = [0, 1, 2].map((i) => batch(i));
    const before = tf.memory().numTensors;
    for (const x of inputs) tf.dispose(await run(x));
    assert.is(tf.memory().numTensors, before);
    results.push([...weight.dataSync()]);
  }
  assert.equal(results[1], results[0]);
});

test("a number that changes after it was recorded is found, and the step runs as it is", async () => {
  const { accelerator, weight, optimizer } = await setUp();
  let factor = 1;
  const step = accelerator.compileStep(async (x: tf.Tensor) => {
    const loss = await accelerator.backward(() =>
      tf.mul(tf.mean(tf.square(tf.matMul(x, weight))), factor),
    );
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  });
  const losses: number[] = [];
  const run = async (calls: number) => {
    for (let i = 0; i < calls; i++) {
      const x = batch(1);
      const loss = await step(x);
      losses.push(loss.dataSync()[0] as number);
      tf.dispose([x, loss]);
    }
  };
  const calm = await warningsOf(() => run(24)); // one look at it among them
  assert.equal(calm, []);
  const kept = recorded();
  await run(1);
  assert.is(recorded(), kept, "still replayed");
  factor = 100;
  const warnings = await warningsOf(() => run(128));
  assert.is(warnings.length, 1);
  assert.match(warnings[0] ?? "", /has changed since it was recorded/);
});

test("never replays a step with a gradScaler, which may skip it", async () => {
  const scaled = await setUp("onnx", undefined, { gradScaler: { growthInterval: 2 } });
  const step = scaled.accelerator.compileStep(scaled.plain);
  const plain = await setUp();
  const warnings = await warningsOf(async () => {
    for (let i = 0; i < 9; i++) {
      const x = batch(i);
      tf.dispose([await step(x), await plain.plain(x), x]);
      assert.equal([...scaled.weight.dataSync()], [...plain.weight.dataSync()]);
    }
  });
  assert.is(scaled.accelerator.scaler?.scale, 65536 * 2 ** 4);
  assert.is(warnings.length, 1);
  assert.match(warnings[0] ?? "", /gradScaler/);
});

test.run();
