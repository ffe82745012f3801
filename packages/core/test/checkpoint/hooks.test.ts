import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { errorOf } from "./error-of.ts";
import { scratch } from "./scratch-folder.ts";
import { smallTraining } from "./small-training.ts";

const test = suite("hooks before a save and a load");

test("run in order, with models, weights and folder, until they are removed (CK-11)", async () => {
  const folder = join(scratch(), "c");
  const { accelerator, model } = await smallTraining();
  const calls: string[] = [];
  const removals = ["a", "b"].map((name) =>
    accelerator.registerSaveStatePreHook((models, weights, directory) => {
      assert.is(models[0], model);
      assert.is(weights[0]?.size, 1);
      assert.is(directory, folder);
      calls.push(name);
    }),
  );
  accelerator.registerLoadStatePreHook(async (models, directory) => {
    assert.is(models[0], model);
    calls.push(directory === folder ? "load" : directory);
  });
  await accelerator.saveState(folder, { wait: true });
  removals[0]?.();
  await accelerator.saveState(folder, { wait: true });
  await accelerator.loadState(folder);
  assert.equal(calls, ["a", "b", "b", "load"]);
});

test("may add files, which a hook reads again", async () => {
  const folder = join(scratch(), "c");
  const { accelerator } = await smallTraining();
  accelerator.registerSaveStatePreHook((_models, _weights, _directory, files) => {
    files.addJson("vocabulary.json", { words: ["a", "b"], best: Number.NaN });
    files.addTensors("ema.safetensors", { w: tf.tensor1d([5, 6]) });
  });
  let found: unknown;
  accelerator.registerLoadStatePreHook((_models, _directory, files) => {
    found = [
      files.json("vocabulary.json"),
      files.json("other.json"),
      [...(files.tensors("ema.safetensors") ?? [])],
    ];
  });
  await accelerator.saveState(folder, { wait: true });
  await accelerator.loadState(folder);
  const [json, missing, tensors] = found as [object, undefined, [string, tf.Tensor][]];
  assert.equal(json, { words: ["a", "b"], best: Number.NaN });
  assert.is(missing, undefined);
  assert.equal([tensors[0]?.[0], [...(tensors[0]?.[1].dataSync() ?? [])]], ["w", [5, 6]]);
});

test("may not use a path outside of the checkpoint, or a name of ours", async () => {
  const { accelerator } = await smallTraining();
  for (const path of [
    "../x.json",
    "/x.json",
    "state.json",
    "checkpoint.json",
    "model.safetensors",
    "",
    "x.txt",
    "a/b.json",
  ]) {
    const remove = accelerator.registerSaveStatePreHook((_m, _w, _d, files) =>
      files.addJson(path, 1),
    );
    assert.is(
      (await errorOf(accelerator.saveState(join(scratch(), "c")))).code,
      "OPTION_INVALID",
      path,
    );
    remove();
  }
});

test("may save and load a model themselves", async () => {
  const folder = join(scratch(), "c");
  const first = await smallTraining();
  await first.step();
  let own: number[] = [];
  first.accelerator.registerSaveStatePreHook((_models, weights) => {
    own = [...(first.model.w as tf.Variable).dataSync()];
    weights.pop();
  });
  await first.accelerator.saveState(folder, { wait: true });
  const second = await smallTraining();
  const error = await errorOf(second.accelerator.loadState(folder));
  assert.match(error.message, /registerSaveStatePreHook/);
  second.accelerator.registerLoadStatePreHook((models) => {
    models.pop();
    (second.model.w as tf.Variable).assign(tf.tensor1d(own));
  });
  await second.accelerator.loadState(folder);
  for (const training of [first, second]) await training.step();
  assert.equal(second.values(), first.values());
});

test("that throw end the save or the load, and nothing has changed", async () => {
  const folder = join(scratch(), "c");
  const { accelerator, step, values } = await smallTraining();
  await accelerator.saveState(folder, { wait: true });
  await step();
  const before = values();
  accelerator.registerLoadStatePreHook(() => {
    throw new Error("no");
  });
  const error = await errorOf(accelerator.loadState(folder));
  assert.match(error.message, /no/);
  assert.equal(values(), before);
});

test("that save or load get an error, and do not wait for themselves", async () => {
  const folder = join(scratch(), "c");
  const { accelerator, step } = await smallTraining();
  const remove = accelerator.registerSaveStatePreHook(async () => {
    await accelerator.saveState(folder);
  });
  const saving = await errorOf(accelerator.saveState(folder));
  assert.is(saving.code, "CHECKPOINT_BUSY");
  assert.match(saving.message, /saveState was called while a hook of registerSaveStatePreHook/);
  remove();
  await accelerator.saveState(folder, { wait: true });
  accelerator.registerLoadStatePreHook(async () => {
    await accelerator.loadState(folder);
  });
  assert.is((await errorOf(accelerator.loadState(folder))).code, "CHECKPOINT_BUSY");
  await step();
});

test.run();
