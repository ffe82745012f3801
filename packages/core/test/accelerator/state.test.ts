/** The members of an accelerator that say how it is configured and where its loops are. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Accelerator, DataLoader } from "../../src/index.ts";
import { errorOf } from "../checkpoint/error-of.ts";
import { scratch } from "../checkpoint/scratch-folder.ts";
import { RecordingTracker } from "../trackers/recording-tracker.ts";
import { testLoops } from "./test-state.ts";

const test = suite("state of an accelerator");

testLoops(test, 2);

test("the configuration can be read", () => {
  const folder = scratch();
  const accelerator = new Accelerator({
    dataLoaderConfiguration: { evenBatches: false, splitBatches: true, dataSeed: -5 },
    projectConfiguration: { projectDir: folder, totalLimit: 2 },
    gradientAccumulationPlugin: { numSteps: 3, syncEachBatch: true },
  });
  assert.is(accelerator.evenBatches, false);
  assert.is(accelerator.splitBatches, true);
  assert.is(accelerator.dispatchBatches, undefined);
  assert.is(accelerator.dataSeed, -5);
  assert.is(accelerator.useSeedableSampler && accelerator.useStatefulDataloader, true);
  assert.equal(accelerator.projectConfiguration, {
    ...{ projectDir: folder, loggingDir: folder, totalLimit: 2 },
  });
  assert.equal(new Accelerator().projectConfiguration, {});
  const { gradientState } = accelerator;
  assert.is(gradientState.numSteps, 3);
  assert.is(gradientState.syncEachBatch && gradientState.syncWithDataloader, true);
  assert.is(gradientState.activeDataloader, undefined);
  assert.is(gradientState.inDataloader, false);
  assert.is(gradientState.remainder, -1);
  assert.is(new Accelerator().gradientState.numSteps, 1, "every accelerator has its own");
});

test("settings that change while the script runs refuse what they cannot be", async () => {
  const accelerator = new Accelerator({ backend: "cpu" });
  const loader = await accelerator.prepare(new DataLoader([1, 2, 3]));
  const refused: [object, string, unknown, RegExp][] = [
    [accelerator, "step", -1, /accelerator.step must be an integer of at least 0, got -1/],
    [accelerator, "step", "2", /got "2"/],
    [accelerator, "syncGradients", 1, /syncGradients must be true or false, got 1/],
    [accelerator, "evenBatches", undefined, /evenBatches must be true or false, got undefined/],
    [accelerator, "splitBatches", "no", /splitBatches must be true or false, got "no"/],
    [accelerator, "dispatchBatches", 0, /dispatchBatches must be true or false, got 0/],
    [accelerator, "gradientAccumulationSteps", 0, /an integer of at least 1, got 0/],
    [loader, "evenBatches", null, /loader.evenBatches must be true or false, got null/],
  ];
  for (const [owner, name, value, message] of refused) {
    const before = (owner as Record<string, unknown>)[name];
    const error = await errorOf(() => {
      (owner as Record<string, unknown>)[name] = value;
    });
    assert.is(error.code, "OPTION_INVALID");
    assert.match(error.message, message);
    assert.is((owner as Record<string, unknown>)[name], before, "nothing has changed");
  }
  accelerator.dispatchBatches = true;
  accelerator.dispatchBatches = undefined;
  assert.is(accelerator.dispatchBatches, undefined);
});

test("the trackers of this rank are listed once they run", async () => {
  const tracker = new RecordingTracker();
  const accelerator = new Accelerator({ logWith: tracker });
  assert.equal(accelerator.trackers, []);
  await accelerator.initTrackers("state");
  assert.equal(
    accelerator.trackers.map(({ name }) => name),
    ["recording"],
  );
  await accelerator.endTraining();
});

test("what an option cannot be is said", async () => {
  const refused: [object, RegExp][] = [
    [{ dataSeed: 1.5 }, /dataSeed must be an integer, got 1.5/],
    [{ dataSeed: "3" }, /dataSeed must be an integer, got "3"/],
    [{ useSeedableSampler: false }, /useSeedableSampler cannot be false.*Leave it out/],
    [{ useStatefulDataloader: false }, /useStatefulDataloader cannot be false/],
    [{ nonBlocking: true }, /leave it out/],
  ];
  const gradientAccumulationPlugin = { numSteps: 2 };
  const both = { gradientAccumulationSteps: 2, gradientAccumulationPlugin };
  assert.match((await errorOf(() => new Accelerator(both))).message, /pass one of them/);
  new Accelerator({ gradientAccumulationSteps: 1, gradientAccumulationPlugin });
  for (const [dataLoaderConfiguration, message] of refused) {
    const error = await errorOf(() => new Accelerator({ dataLoaderConfiguration }));
    assert.is(error.code, "OPTION_INVALID");
    assert.match(error.message, message);
  }
  for (const name of ["rngTypes", "kwargsHandlers", "dataSeed"]) {
    const error = await errorOf(() => new Accelerator({ [name]: [] }));
    assert.is(error.code, "OPTION_INVALID");
  }
});

test.run();
