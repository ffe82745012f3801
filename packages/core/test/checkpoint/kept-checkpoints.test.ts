import { existsSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { errorOf } from "./error-of.ts";
import { scratch } from "./scratch-folder.ts";
import { smallTraining } from "./small-training.ts";

const test = suite("checkpoints that are kept");

const numbersIn = async ({ accelerator }: Awaited<ReturnType<typeof smallTraining>>) =>
  (await accelerator.checkpoints()).map(({ iteration }) => iteration);

test("the newest totalLimit, removed after the next is there (accelerate #1163 #914, diffusers #2466, CK-4)", async () => {
  const projectConfiguration = { projectDir: scratch(), totalLimit: 2 };
  const training = await smallTraining({ options: { projectConfiguration } });
  const kept: number[][] = [];
  for (let i = 0; i < 4; i++) {
    await training.step();
    await training.accelerator.saveState(undefined, { wait: true });
    kept.push(await numbersIn(training));
  }
  assert.equal(kept, [[0], [0, 1], [1, 2], [2, 3]]);
  const [, last] = await training.accelerator.checkpoints();
  assert.is(last?.steps, 4);
});

test("the best by a value that is logged or passed; NaN is the worst (accelerate #3697)", async () => {
  const projectDir = scratch();
  const checkpoints = { keepBest: { metric: "val_loss", mode: "min" as const, count: 2 } };
  const training = await smallTraining({ options: { projectDir, checkpoints, logWith: [] } });
  const losses = [0.5, Number.NaN, 0.2, 0.9, 0.3, 0.8];
  await training.accelerator.initTrackers("kept");
  for (const [i, loss] of losses.entries()) {
    if (i % 3 === 0) training.accelerator.log({ val_loss: loss, other: 1 });
    if (i % 3 === 1) tf.tidy(() => training.accelerator.log({ val_loss: tf.scalar(loss) }));
    const metrics = i % 3 === 2 ? { val_loss: loss } : undefined;
    await training.accelerator.saveState(undefined, {
      wait: true,
      ...(metrics ? { metrics } : {}),
    });
  }
  assert.equal(await numbersIn(training), [2, 4, 5]);
  const metrics = (await training.accelerator.checkpoints()).map((one) => one.metrics.val_loss);
  assert.ok(Math.abs((metrics[1] ?? 0) - 0.3) < 1e-6, `${metrics}`);
});

test("names do not collide after a resume, and the iteration goes on (accelerate #3306)", async () => {
  const options = { projectDir: scratch(), resumeFromCheckpoint: "latest" };
  for (const expected of [
    [0, 1],
    [0, 1, 2, 3],
  ]) {
    const training = await smallTraining({ options });
    await training.accelerator.loadState();
    for (let i = 0; i < 2; i++) await training.accelerator.saveState(undefined, { wait: true });
    assert.equal(await numbersIn(training), expected);
  }
});

test("removing or damaging any file is never silent (accelerate #4283 #3067 #2923)", async () => {
  const folder = scratch();
  const training = await smallTraining({ options: { gradientAccumulationSteps: 2 } });
  training.accelerator.registerForCheckpointing({ at: 1, history: Float32Array.of(1) });
  for (let i = 0; i < 3; i++) await training.step();
  const path = join(folder, "checkpoint");
  const files = [
    ...["checkpoint.json", "state.json", "model.safetensors", "optimizer.safetensors"],
    ...["custom_checkpoint_0.json", "custom_checkpoint_0.safetensors", "rank_0.safetensors"],
  ];
  for (const file of files) {
    for (const damage of ["remove", "truncate", "change"] as const) {
      rmSync(path, { recursive: true, force: true });
      await training.accelerator.saveState(path, { wait: true });
      const at = join(path, file);
      assert.ok(existsSync(at), file);
      if (damage === "remove") rmSync(at);
      else if (damage === "truncate") truncateSync(at, 10);
      else writeFileSync(at, "{}");
      const before = training.values();
      const { code } = await errorOf(training.accelerator.loadState(path));
      assert.is(code, "CHECKPOINT_DAMAGED", `${damage} ${file}`);
      assert.equal(training.values(), before);
    }
  }
});

test("a damaged newest one is passed over with latest", async () => {
  const projectDir = scratch();
  const training = await smallTraining({ options: { projectDir, resumeFromCheckpoint: "latest" } });
  await training.accelerator.saveState(undefined, { wait: true });
  await training.step();
  const newest = await training.accelerator.saveState(undefined, { wait: true });
  truncateSync(join(newest.path, "model.safetensors"), 100);
  assert.is((await training.accelerator.loadState())?.iteration, 0);
});

test("a missing one has its own code and sentence", async () => {
  const projectDir = scratch();
  const training = await smallTraining({ options: { projectDir } });
  for (const call of [
    () => training.accelerator.loadState(join(projectDir, "no")),
    () => training.accelerator.loadState(),
  ]) {
    assert.is((await errorOf(call)).code, "CHECKPOINT_MISSING");
  }
  const other = await smallTraining({
    options: { projectDir, resumeFromCheckpoint: join(projectDir, "no") },
  });
  assert.is((await errorOf(other.accelerator.loadState())).code, "CHECKPOINT_MISSING");
});

test.run();
