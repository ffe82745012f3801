import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { StepScheduler } from "../../src/index.ts";
import { errorOf } from "./error-of.ts";
import { scratch } from "./scratch-folder.ts";
import { smallTraining } from "./small-training.ts";

const test = suite("saveState and loadState");

test("number checkpoints in the project, also behind those of an earlier run", async () => {
  const projectDir = scratch();
  const first = await smallTraining({ options: { projectDir } });
  await first.step();
  for (const iteration of [0, 1]) {
    assert.is(first.accelerator.saveIteration, iteration);
    const checkpoint = await first.accelerator.saveState();
    assert.is(checkpoint.iteration, iteration);
    assert.is(checkpoint.path, join(projectDir, "checkpoints", `checkpoint_${iteration}`));
    await checkpoint.written;
    assert.ok(existsSync(checkpoint.path));
  }
  const second = await smallTraining({ options: { projectDir } });
  const loaded = await second.accelerator.loadState();
  assert.is(loaded?.iteration, 1);
  assert.equal(second.values(), first.values());
  assert.is(second.accelerator.resumed?.path, loaded?.path);
  assert.is((await second.accelerator.saveState(undefined, { wait: true })).iteration, 2);
  const third = await smallTraining({
    options: { projectConfiguration: { projectDir, iteration: 40 } },
  });
  assert.is((await third.accelerator.saveState(undefined, { wait: true })).iteration, 40);
});

test("save what was there when saveState was called, although training goes on", async () => {
  const folder = scratch();
  const training = await smallTraining();
  await training.step();
  const saved = training.values();
  const { written } = await training.accelerator.saveState(join(folder, "own"));
  await training.step();
  await written;
  assert.not.equal(training.values(), saved);
  await training.accelerator.loadState(join(folder, "own"));
  assert.equal(training.values(), saved);
});

test("load into a training that has gone on as into a new one", async () => {
  const folder = join(scratch(), "c");
  const training = await smallTraining();
  for (let i = 0; i < 3; i++) await training.step();
  await training.accelerator.saveState(folder, { wait: true });
  for (let i = 0; i < 4; i++) await training.step();
  const expected = training.values();
  await training.accelerator.loadState(folder);
  assert.is(training.optimizer.completedSteps, 3);
  for (let i = 0; i < 4; i++) await training.step();
  assert.equal(training.values(), expected);
});

test("load a state from before the first step: slots are as new", async () => {
  const folder = join(scratch(), "c");
  const training = await smallTraining({ optimizer: tf.train.adagrad(0.1) });
  await training.accelerator.saveState(folder, { wait: true });
  await training.step();
  const expected = training.values();
  for (let i = 0; i < 4; i++) await training.step();
  await training.accelerator.loadState(folder);
  await training.step();
  assert.equal(training.values(), expected);
});

test("latest is nothing at the first start, and the newest later", async () => {
  const options = { projectDir: scratch(), resumeFromCheckpoint: "latest" };
  const first = await smallTraining({ options });
  assert.is(await first.accelerator.loadState(), undefined);
  assert.is(first.accelerator.resumed, undefined);
  await first.step();
  await first.accelerator.saveState(undefined, { wait: true });
  const second = await smallTraining({ options });
  assert.is((await second.accelerator.loadState())?.iteration, 0);
  assert.equal(second.values(), first.values());
});

test("refuse to save between backward and step, and allow it after", async () => {
  const folder = join(scratch(), "c");
  const { accelerator, backward, optimizer } = await smallTraining();
  const loss = await backward();
  assert.is((await errorOf(accelerator.saveState(folder))).code, "CHECKPOINT_MID_STEP");
  assert.not.ok(existsSync(folder));
  optimizer.step();
  await accelerator.saveState(folder, { wait: true });
  loss.dispose();
});

test("golden trace D: saved in the middle of a window of four", async () => {
  const folder = join(scratch(), "c");
  const options = { gradientAccumulationSteps: 4 };
  const flags = async (
    { accelerator, step }: Awaited<ReturnType<typeof smallTraining>>,
    n: number,
  ) => {
    const seen: string[] = [];
    for (let i = 0; i < n; i++) {
      await step();
      seen.push(accelerator.syncGradients ? "T" : "F");
    }
    return seen.join("");
  };
  const first = await smallTraining({ options });
  assert.is(await flags(first, 6), "FFFTFF");
  assert.is(first.accelerator.step, 6);
  await first.accelerator.saveState(folder, { wait: true });
  const second = await smallTraining({ options });
  await second.accelerator.loadState(folder);
  assert.is(second.accelerator.step, 6);
  assert.is(await flags(second, 3), "FTF");
  assert.is(await flags(first, 3), "FTF");
  assert.equal(second.values(), first.values());
});

test("name the first difference of another model, optimizer or count, and change nothing", async () => {
  const folder = join(scratch(), "c");
  const make = (model: Record<string, tf.Variable>, optimizer?: tf.Optimizer) =>
    smallTraining({ model, ...(optimizer ? { optimizer } : {}) });
  const named = (name: string, shape: number[]) =>
    tf.variable(tf.ones(shape), true, `${name}-${Math.random()}`);
  const first = await make({ a: tf.variable(tf.ones([2])), b: tf.variable(tf.ones([3])) });
  await first.step();
  await first.accelerator.saveState(folder, { wait: true });
  const cases = [
    [await make({ a: tf.variable(tf.ones([2])) }), /it has 1 variables, and the checkpoint 2/],
    [
      await make({ a: tf.variable(tf.ones([2])), b: named("bias", [4]) }),
      /variable 1 is "bias-[\d.]+" float32\[4\], and "\d+" float32\[3\] in the checkpoint/,
    ],
    [
      await make({ a: tf.variable(tf.ones([2])), b: tf.variable(tf.ones([3])) }, tf.train.sgd(1)),
      /optimizer 0 is SGD, and Adam in the checkpoint/,
    ],
  ] as const;
  for (const [training, message] of cases) {
    const before = training.values();
    const error = await errorOf(training.accelerator.loadState(folder));
    assert.is(error.code, "CHECKPOINT_MODEL_MISMATCH", error.message);
    assert.match(error.message, message);
    assert.equal(training.values(), before);
    assert.is(training.optimizer.completedSteps, 0);
  }
});

test("load what fits if they are not strict", async () => {
  const folder = join(scratch(), "c");
  const name = `w-${Math.random()}`;
  const first = await smallTraining({ model: { w: tf.variable(tf.ones([2]), true, name) } });
  await first.step();
  const [saved] = first.values();
  await first.accelerator.saveState(folder, { wait: true });
  first.model.w?.dispose();
  const second = await smallTraining({
    model: { w: tf.variable(tf.zeros([2]), true, name), extra: tf.variable(tf.zeros([1])) },
    optimizer: tf.train.sgd(0.1),
  });
  assert.is(
    (await errorOf(second.accelerator.loadState(folder))).code,
    "CHECKPOINT_MODEL_MISMATCH",
  );
  await second.accelerator.loadState(folder, { strict: false });
  assert.equal(second.values(), [saved, [0]]);
});

test("keep the learning rate of the script if they are told to", async () => {
  const folder = join(scratch(), "c");
  const first = await smallTraining();
  await first.step();
  first.optimizer.learningRate = 1 / 3;
  await first.accelerator.saveState(folder, { wait: true });
  const second = await smallTraining();
  await second.accelerator.loadState(folder, { keep: ["learningRate"] });
  assert.is(second.optimizer.learningRate, 0.1);
  await second.accelerator.loadState(folder);
  assert.is(second.optimizer.learningRate, 1 / 3);
});

test("restore a schedule and the initial rate that it multiplies", async () => {
  const folder = join(scratch(), "c");
  const run = async () => {
    const training = await smallTraining();
    const schedule = new StepScheduler(training.optimizer, { stepSize: 2, gamma: 0.3 });
    const scheduler = await training.accelerator.prepare(schedule);
    const step = async () => {
      await training.step();
      scheduler.step();
    };
    return { ...training, scheduler, step };
  };
  const first = await run();
  for (let i = 0; i < 5; i++) await first.step();
  await first.accelerator.saveState(folder, { wait: true });
  const second = await run();
  await second.accelerator.loadState(folder);
  for (const training of [first, second]) for (let i = 0; i < 4; i++) await training.step();
  assert.is(second.scheduler.getLastLearningRate(), first.scheduler.getLastLearningRate());
  assert.equal(second.values(), first.values());
});

test("need a folder without a project, and say it", async () => {
  const { accelerator } = await smallTraining();
  for (const call of [() => accelerator.saveState(), () => accelerator.loadState()]) {
    const error = await errorOf(call);
    assert.is(error.code, "OPTION_INVALID");
    assert.match(error.message, /projectDir/);
  }
  const projectConfiguration = { projectDir: scratch(), automaticCheckpointNaming: false };
  const other = await smallTraining({ options: { projectConfiguration } });
  assert.match(
    (await errorOf(() => other.accelerator.saveState())).message,
    /automaticCheckpointNaming/,
  );
});

test("check their options before anything is done", async () => {
  const { accelerator } = await smallTraining();
  const wrong = [
    () => accelerator.saveState("x", { metric: { loss: 1 } } as never),
    () => accelerator.saveState("x", { metrics: { loss: "low" } } as never),
    () => accelerator.loadState("x", { keep: ["weights"] } as never),
    () => accelerator.loadState("x", { stric: false } as never),
  ];
  for (const call of wrong) assert.is((await errorOf(call)).code, "OPTION_INVALID");
  assert.is(
    (await errorOf(() => smallTraining({ options: { checkpoints: { everySteps: 0 } } }))).code,
    "OPTION_INVALID",
  );
  assert.not.ok(existsSync("x"));
});

test("leave files of others in the folder of checkpoints alone (accelerate PR #1568)", async () => {
  const projectDir = scratch();
  const { accelerator } = await smallTraining({
    options: { projectDir, projectConfiguration: { totalLimit: 1 } },
  });
  await accelerator.saveState(undefined, { wait: true });
  writeFileSync(join(projectDir, "checkpoints", "checkpoint_best"), "mine");
  writeFileSync(join(projectDir, "checkpoints", "checkpoint_0", "notes.txt"), "mine");
  await accelerator.saveState(undefined, { wait: true });
  const names = readdirSync(join(projectDir, "checkpoints"));
  assert.ok(names.includes("checkpoint_best") && names.includes("checkpoint_1"));
  assert.is((await accelerator.loadState())?.iteration, 1);
});

test.run();
