import { cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Accelerator, type AcceleratorOptions, DataLoader } from "../../src/index.ts";
import { errorOf } from "./error-of.ts";
import { scratch } from "./scratch-folder.ts";
import { smallTraining } from "./small-training.ts";

const test = suite("checkpoints used in a wrong way");
const project = scratch();
const checkpoints = join(project, "checkpoints");
const newest = join(checkpoints, "checkpoint_1");
const folder = (name: string): string => join(project, name);

/** A training that has gone on, so that a change by a load would show. */
async function trained(options: AcceleratorOptions = {}) {
  const training = await smallTraining({ options: { projectDir: project, ...options } });
  await training.step();
  return training;
}

test.before(async () => {
  const { accelerator, step } = await trained();
  await accelerator.saveState(undefined, { wait: true });
  await step();
  await accelerator.saveState(undefined, { wait: true });
  mkdirSync(folder("empty"));
  writeFileSync(folder("file"), "");
  cpSync(newest, folder("half"), { recursive: true });
  truncateSync(join(folder("half"), "model.safetensors"), 50);
  cpSync(newest, folder("unfinished"), { recursive: true });
  rmSync(join(folder("unfinished"), "checkpoint.json"));
  cpSync(newest, folder("newer"), { recursive: true });
  const manifest = JSON.parse(readFileSync(join(newest, "checkpoint.json"), "utf8"));
  manifest.version = 2;
  manifest.writtenBy.core = "9.8.7";
  writeFileSync(join(folder("newer"), "checkpoint.json"), JSON.stringify(manifest));
});

/** What is asked for, by `loadState(folder)` and by `resumeFromCheckpoint`: its code, and what it says. */
const NO_CHECKPOINTS = {
  "a missing folder": ["nowhere", "MISSING", /There is no checkpoint at .*nowhere/],
  "a file": ["file", "MISSING", /file is a file\. A checkpoint is a folder/],
  "an empty folder": ["empty", "DAMAGED", /empty is no complete checkpoint: it has no checkpoint/],
  "one that was not written to its end": ["unfinished", "DAMAGED", /has no checkpoint\.json/],
  "a truncated one": ["half", "DAMAGED", /model\.safetensors has 50 bytes instead of \d+/],
  "one of a newer version": ["newer", "TOO_NEW", /has version 2, .* up to 1\. .*core 9\.8\.7/],
  "the folder of a project": [".", "MISSING", /has 2 in it: name one, such as .*checkpoint_1/],
  "the folder of checkpoints": ["checkpoints", "MISSING", /has 2 in it.*or "latest"/],
} as const;

for (const [name, [path, code, message]] of Object.entries(NO_CHECKPOINTS)) {
  test(`${name} is CHECKPOINT_${code}, and nothing has changed`, async () => {
    for (const isAsked of [true, false]) {
      const training = await trained(isAsked ? { resumeFromCheckpoint: folder(path) } : {});
      const before = training.values();
      const error = await errorOf(
        isAsked ? training.accelerator.loadState() : training.accelerator.loadState(folder(path)),
      );
      assert.is(error.code, `CHECKPOINT_${code}`, error.message);
      assert.match(error.message, message);
      assert.equal(training.values(), before);
      assert.is(training.optimizer.completedSteps, 1);
    }
  });
}

test("options of the accelerator are checked when it is made", async () => {
  const projectDir = project;
  const wrong: readonly (readonly [options: object, message: RegExp])[] = [
    [{ resumeFromCheckpoint: 5 }, /resumeFromCheckpoint must be a string, got a number/],
    [{ resumeFromCheckpoint: "" }, /resumeFromCheckpoint must be the path of a folder, got ""/],
    [{ checkpoints: { everySteps: 0 } }, /everySteps must be an integer of at least 1, got 0/],
    [{ checkpoints: { everySteps: "10" } }, /everySteps must be an integer.*got "10"/],
    [{ checkpoints: { everyMs: -1 } }, /everyMs must be an integer of at least 1, got -1/],
    [{ checkpoints: { keepBest: "x" } }, /keepBest must be an object, got a string/],
    [{ checkpoints: { keepBest: { metric: "loss" } } }, /keepBest needs a metric and a mode/],
    [{ checkpoints: { saveTopK: 3 } }, /use keepBest/],
    [{ projectConfiguration: { projectDir, totalLimit: 0 } }, /totalLimit must be an integer/],
    [{ projectDir: undefined, checkpoints: { everySteps: 5 } }, /everySteps .*projectDir/],
    [{ projectDir: undefined, checkpoints: { everyMs: 5 } }, /everyMs .*projectDir/],
    [
      {
        ...{ projectDir, checkpoints: { everySteps: 5 } },
        projectConfiguration: { automaticCheckpointNaming: false },
      },
      /leave out automaticCheckpointNaming/,
    ],
  ];
  for (const [options, message] of wrong) {
    const error = await errorOf(() => new Accelerator({ projectDir, ...options }));
    assert.is(error.code, "OPTION_INVALID");
    assert.match(error.message, message);
  }
});

test("a folder must be a path", async () => {
  const { accelerator } = await trained();
  for (const path of ["", "  ", 5, null, {}] as string[]) {
    for (const call of ["saveState", "loadState"] as const) {
      const error = await errorOf(accelerator[call](path));
      assert.is(error.code, "OPTION_INVALID");
      assert.match(error.message, `${call}: the folder must be the path of a folder`);
    }
  }
});

test("another model, optimizer or data set has a code of its own, and nothing has changed", async () => {
  const saved = join(scratch(), "saved");
  const make = async (size: number, optimizer: tf.Optimizer, length: number) => {
    const accelerator = new Accelerator({ backend: "cpu" });
    const model = { w: tf.variable(tf.ones([size])) };
    const data = new DataLoader<tf.Tensor>(tf.range(0, length), { batchSize: 1 });
    const [, prepared, loader] = await accelerator.prepare(model, optimizer, data);
    for await (const x of loader) {
      await accelerator.backward(tf.sum(tf.mul(tf.sum(x), model.w)) as tf.Scalar);
      prepared.step();
      prepared.zeroGrad();
      break;
    }
    const state = () => [[...model.w.dataSync()], prepared.completedSteps, loader.position];
    return { accelerator, state };
  };
  const first = await make(2, tf.train.sgd(0.1), 8);
  await first.accelerator.saveState(saved, { wait: true });
  for (const [size, optimizer, length, code] of [
    [3, tf.train.sgd(0.1), 8, "CHECKPOINT_MODEL_MISMATCH"],
    [2, tf.train.adam(0.1), 8, "CHECKPOINT_MODEL_MISMATCH"],
    [2, tf.train.sgd(0.1), 6, "CHECKPOINT_DATA_CHANGED"],
  ] as const) {
    const other = await make(size, optimizer, length);
    const before = other.state();
    assert.is((await errorOf(other.accelerator.loadState(saved))).code, code);
    assert.equal(other.state(), before);
  }
});

/** Warnings while `call` runs. */
async function warningsOf(call: () => Promise<void>): Promise<string[]> {
  const found: string[] = [];
  const note = ({ message }: Error): void => void found.push(message);
  process.on("warning", note);
  await call();
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", note);
  return found;
}

async function trainTwoSteps(accelerator: Accelerator, loads: boolean): Promise<void> {
  const model = { w: tf.variable(tf.ones([2])) };
  const data = new DataLoader<tf.Tensor>(tf.range(0, 3), { batchSize: 1 });
  const [, optimizer, loader] = await accelerator.prepare(model, tf.train.adam(0.1), data);
  if (loads) await accelerator.loadState();
  for await (const x of loader) {
    await accelerator.backward(tf.sum(tf.mul(tf.sum(x), model.w)) as tf.Scalar);
    optimizer.step();
    optimizer.zeroGrad();
  }
  await accelerator.endTraining();
}

test("a script that is asked to go on, and loads nothing, is told so once", async () => {
  for (const loads of [false, true]) {
    const accelerator = new Accelerator({
      ...{ backend: "cpu", projectDir: scratch(), resumeFromCheckpoint: "latest" },
    });
    const warnings = await warningsOf(() => trainTwoSteps(accelerator, loads));
    const told = warnings.filter((text) => text.includes("trained without loadState()"));
    assert.is(told.length, loads ? 0 : 1, warnings.join("\n"));
  }
});

test("a metric of keepBest that was never logged is named at the end", async () => {
  for (const metric of ["los", "loss"]) {
    const accelerator = new Accelerator({
      ...{ backend: "cpu", projectDir: scratch(), logWith: [] },
      checkpoints: { everySteps: 2, keepBest: { metric, mode: "min" } },
    });
    await accelerator.initTrackers("kept");
    accelerator.log({ loss: 1 });
    const warnings = await warningsOf(() => trainTwoSteps(accelerator, false));
    const told = warnings.filter((text) => text.includes('no value "los" was logged'));
    assert.is(told.length, metric === "los" ? 1 : 0, warnings.join("\n"));
  }
});

test.run();
