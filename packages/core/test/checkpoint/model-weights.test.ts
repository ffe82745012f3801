import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Accelerator } from "../../src/index.ts";
import { errorOf } from "./error-of.ts";
import { scratch } from "./scratch-folder.ts";

const test = suite("weights of a model");

function layers(): tf.Sequential {
  return tf.sequential({
    layers: [
      tf.layers.dense({ inputShape: [4], units: 8 }),
      tf.layers.batchNormalization(),
      tf.layers.dense({ units: 2 }),
    ],
  });
}

const valuesOf = (model: tf.LayersModel) =>
  model.getWeights().map((weight) => [...weight.dataSync()]);

for (const maxShardSize of [undefined, 200]) {
  test(`go to files and back, trained or not, with maxShardSize ${maxShardSize}`, async () => {
    const folder = scratch();
    const accelerator = new Accelerator({ backend: "cpu" });
    const model = await accelerator.prepare(layers());
    await accelerator.saveModel(model, folder, maxShardSize === undefined ? {} : { maxShardSize });
    const names = readdirSync(folder);
    assert.is(
      names.includes("model.safetensors.index.json"),
      maxShardSize !== undefined,
      `${names}`,
    );
    const other = layers();
    assert.not.equal(valuesOf(other), valuesOf(model));
    await new Accelerator({ backend: "cpu" }).loadCheckpointInModel(other, folder);
    assert.equal(valuesOf(other), valuesOf(model));
  });
}

test("with topology are a model that tf.loadLayersModel loads", async () => {
  const folder = scratch();
  const accelerator = new Accelerator({ backend: "cpu" });
  const model = await accelerator.prepare(layers());
  await accelerator.saveModel(model, folder, { topology: true });
  const loaded = await tf.loadLayersModel(`file://${folder}/model.json`);
  assert.equal(valuesOf(loaded), valuesOf(model));
  const plain = { w: tf.variable(tf.scalar(1)) };
  const error = await errorOf(
    accelerator.saveModel(plain, join(folder, "plain"), { topology: true }),
  );
  assert.is(error.code, "OPTION_INVALID");
  assert.not.ok(existsSync(join(folder, "plain")));
});

test("are read from a checkpoint too, and from a file of save", async () => {
  const folder = scratch();
  const accelerator = new Accelerator({ backend: "cpu" });
  const model = await accelerator.prepare({
    a: tf.variable(tf.tensor1d([1, 2])),
    b: tf.variable(tf.scalar(3)),
  });
  await accelerator.saveState(join(folder, "state"), { wait: true });
  await accelerator.save(accelerator.getStateDict(model), join(folder, "own.safetensors"));
  for (const path of [join(folder, "state"), join(folder, "own.safetensors")]) {
    const other = { a: tf.variable(tf.zeros([2])), b: tf.variable(tf.scalar(0)) };
    await accelerator.loadCheckpointInModel(other, path);
    assert.equal([...other.a.dataSync(), ...other.b.dataSync()], [1, 2, 3]);
  }
});

test("that do not fit are an error by name, and change nothing, unless what fits is enough", async () => {
  const path = join(scratch(), "w.safetensors");
  const accelerator = new Accelerator({ backend: "cpu" });
  const named = (name: string, size: number) =>
    tf.variable(tf.ones([size]), true, `${name}-${path}`);
  await accelerator.save(
    { [`a-${path}`]: tf.tensor1d([7, 7]), [`b-${path}`]: tf.tensor1d([7]) },
    path,
  );
  const model = { a: named("a", 2), b: named("b", 3) };
  const error = await errorOf(accelerator.loadCheckpointInModel(model, path));
  assert.is(error.code, "CHECKPOINT_MODEL_MISMATCH");
  assert.match(
    error.message,
    /the variable "b-.*float32\[3\] is "b-.*float32\[1\] in the checkpoint/,
  );
  assert.equal([...model.a.dataSync()], [1, 1]);
  await accelerator.loadCheckpointInModel(model, path, { strict: false });
  assert.equal(
    [[...model.a.dataSync()], [...model.b.dataSync()]],
    [
      [7, 7],
      [1, 1, 1],
    ],
  );
});

test("missing or damaged are told apart", async () => {
  const folder = scratch();
  const accelerator = new Accelerator({ backend: "cpu" });
  const model = { a: tf.variable(tf.scalar(1)) };
  const codeAt = async (path: string) =>
    (await errorOf(accelerator.loadCheckpointInModel(model, path))).code;
  assert.is(await codeAt(join(folder, "none")), "CHECKPOINT_MISSING");
  writeFileSync(join(folder, "model.safetensors"), "no tensors");
  assert.is(await codeAt(folder), "CHECKPOINT_DAMAGED");
  assert.is((await errorOf(accelerator.loadCheckpointInModel({}, folder))).code, "MODEL_INVALID");
});

test("save takes tensors by name, and nothing else", async () => {
  const path = join(scratch(), "x.safetensors");
  const accelerator = new Accelerator({ backend: "cpu" });
  for (const value of [{}, { a: 1 }, [tf.scalar(1)], tf.scalar(1), null]) {
    assert.is((await errorOf(accelerator.save(value as never, path))).code, "VALUE_INVALID");
  }
  assert.not.ok(existsSync(path));
  await accelerator.save({ b: tf.tensor1d([1], "int32"), c: tf.complex(1, 2) }, path);
  assert.match(readFileSync(path).toString("latin1"), /"I32".*|"C64"/);
});

test.run();
