import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  type AcceleratedOptimizer,
  CosineScheduler,
  LinearScheduler,
  type LoadStateOptions,
} from "../../src/index.ts";
import { scratch } from "./scratch-folder.ts";
import { smallTraining } from "./small-training.ts";

const test = suite("learning rates of a script that was changed");

type Made = {
  readonly rate?: number;
  readonly schedule?: (optimizer: AcceleratedOptimizer) => LinearScheduler | CosineScheduler;
};
const linear = (totalSteps: number) => (optimizer: AcceleratedOptimizer) =>
  new LinearScheduler(optimizer, { totalSteps });

async function training({ rate = 0.1, schedule }: Made) {
  const made = await smallTraining({ optimizer: tf.train.sgd(rate) });
  const scheduler = schedule && (await made.accelerator.prepare(schedule(made.optimizer)));
  return { ...made, scheduler };
}

/** Trains three steps and saves; loads with another script. @returns the warnings, and the rate then. */
async function changed(before: Made, after: Made, options: LoadStateOptions = {}) {
  const folder = join(scratch(), "c");
  const { accelerator, step, scheduler } = await training(before);
  for (let i = 0; i < 3; i++) {
    await step();
    scheduler?.step();
  }
  await accelerator.saveState(folder, { wait: true });
  const warnings: string[] = [];
  const note = ({ message }: Error) => void warnings.push(message);
  const other = await training(after);
  process.on("warning", note);
  await other.accelerator.loadState(folder, options);
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", note);
  const { learningRate } = other.optimizer.optimizer as unknown as { learningRate: number };
  return { warnings: warnings.join("; "), rate: learningRate };
}

test("the same script is told nothing", async () => {
  assert.equal(await changed({}, {}), { warnings: "", rate: 0.1 });
  const schedule = linear(40);
  assert.is((await changed({ schedule }, { schedule })).warnings, "");
});

test("another rate is named, and how it can be kept; that of the checkpoint goes on", async () => {
  const { warnings, rate } = await changed({}, { rate: 0.5 });
  assert.match(
    warnings,
    /learning rate 0\.5, and with 0\.1 .* that of the checkpoint, 0\.1; \{ keep/,
  );
  assert.is(rate, 0.1);
  const kept = await changed({}, { rate: 0.5 }, { keep: ["learningRate"] });
  assert.equal(kept, { warnings: "", rate: 0.5 });
});

test("another schedule is named with both rates", async () => {
  const schedule = linear(40);
  for (const after of [
    { schedule: linear(80) },
    { schedule, rate: 0.5 },
    { schedule: (one: AcceleratedOptimizer) => new CosineScheduler(one, { totalSteps: 40 }) },
  ]) {
    const { warnings, rate } = await changed({ schedule }, after);
    assert.match(warnings, /at step 3 the schedule of optimizer 0 gives the learning rate 0\.\d+/);
    assert.match(warnings, String(rate));
  }
});

test.run();
