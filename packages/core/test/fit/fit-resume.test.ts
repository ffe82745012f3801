import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Accelerator } from "../../src/index.ts";
import { errorOf } from "../checkpoint/error-of.ts";
import { scratch } from "../checkpoint/scratch-folder.ts";
import { data, prepared } from "./fixtures/small-model.ts";
import { testFitResume } from "./test-fit-resume.ts";

const test = suite("fit that is interrupted goes on as if it had not been");

testFitResume(test, {
  2: ["in the middle of a window", "of a dataset, in the middle"],
});

test("a call other than the one that was interrupted is refused; a state between calls begins anew", async () => {
  const accelerator = new Accelerator({ backend: "cpu", projectDir: scratch() });
  const model = await prepared(accelerator);
  const [x, y] = data(8);
  const options = { batchSize: 2, epochs: 2, verbose: 0 };
  await model.fit(x, y, options);
  const between = await accelerator.saveState();
  const onBatchEnd = async (batch: number) => {
    if (batch === 2) await accelerator.saveState(undefined, { wait: true });
  };
  await model.fit(x, y, { ...options, epochs: 1, callbacks: { onBatchEnd } });
  const inside = (await accelerator.checkpoints()).at(-1)?.path ?? "";

  await accelerator.loadState(inside);
  await model.fit(x, y, options); // the first call was over
  const weights = await accelerator.fingerprint();
  const other = await errorOf(model.fit(x, y, { ...options, batchSize: 4 }));
  assert.is(other.code, "CHECKPOINT_DATA_CHANGED");
  assert.match(other.message, /batchSize is 4, and was 2/);
  assert.is(await accelerator.fingerprint(), weights, "nothing was trained");

  await accelerator.loadState(between.path);
  assert.equal((await model.fit(x, y, options)).epoch, [0, 1]);
  await accelerator.endTraining();
});

test.run();
