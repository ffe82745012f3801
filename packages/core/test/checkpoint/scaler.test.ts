import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { scratch } from "./scratch-folder.ts";
import { smallTraining } from "./small-training.ts";

const test = suite("checkpoints of a gradScaler");

const SCALED = { gradientAccumulationSteps: 2, gradScaler: { initScale: 8, growthInterval: 2 } };

test("go on with the scale, also in the middle of a window", async () => {
  for (const before of [4, 7]) {
    const folder = join(scratch(), "state");
    const training = await smallTraining({ options: SCALED });
    for (let i = 0; i < before; i++) await training.step();
    await training.accelerator.saveState(folder, { wait: true });
    for (let i = 0; i < 9; i++) await training.step();
    const resumed = await smallTraining({ options: SCALED });
    await resumed.accelerator.loadState(folder);
    const saved = resumed.accelerator.scaler?.stateDict();
    assert.equal(
      saved,
      before === 4 ? { scale: 16, growthTracker: 0 } : { scale: 16, growthTracker: 1 },
    );
    for (let i = 0; i < 9; i++) await resumed.step();
    assert.equal(resumed.values(), training.values());
    assert.equal(resumed.accelerator.scaler?.stateDict(), training.accelerator.scaler?.stateDict());
  }
});

test("load with and without a scaler, and say so", async () => {
  const warnings: string[] = [];
  const listen = ({ message }: Error) => void warnings.push(message);
  process.on("warning", listen);
  const folder = join(scratch(), "state");
  const without = { gradientAccumulationSteps: 2 };
  for (const [saving, loading] of [
    [SCALED, without],
    [without, SCALED],
  ]) {
    const training = await smallTraining({ options: saving as typeof SCALED });
    for (let i = 0; i < 3; i++) await training.step();
    await training.accelerator.saveState(folder, { wait: true });
    const resumed = await smallTraining({ options: loading as typeof SCALED });
    await resumed.accelerator.loadState(folder);
    for (const one of [training, resumed]) for (let i = 0; i < 5; i++) await one.step();
    assert.equal(resumed.values(), training.values());
  }
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", listen);
  assert.is(warnings.filter((text) => /gradScaler/.test(text)).length, 2, warnings.join("\n"));
});

test.run();
