/** A fingerprint says whether trainings are at the same place, and which replicas are not. */

import { suite } from "@acc/test-kit/suite";
import * as tf from "@tensorflow/tfjs";
import * as assert from "uvu/assert";
import { Accelerator } from "../../src/index.ts";
import { RecordingTracker } from "../trackers/recording-tracker.ts";
import { errorOf } from "./error-of.ts";
import { scratch } from "./scratch-folder.ts";
import { smallTraining } from "./small-training.ts";
import { testAlike, testChanges, testOtherNumber, testRuns } from "./test-fingerprint.ts";

const test = suite("fingerprints");

testAlike(test.slow, 1);
testAlike(test, 2);
testRuns(test, 2);
testChanges(test.slow, 1);
testChanges(test, 2);
testOtherNumber(test, 2);

test("a training that was loaded has the fingerprint of the one that was saved", async () => {
  const folder = scratch();
  const first = await smallTraining({ options: { gradientAccumulationSteps: 4 } });
  for (let i = 0; i < 6; i++) await first.step();
  const saved = await first.accelerator.fingerprint();
  await (await first.accelerator.saveState(folder)).written;
  const second = await smallTraining({ options: { gradientAccumulationSteps: 4 } });
  assert.not.equal(await second.accelerator.fingerprint(), saved);
  await second.accelerator.loadState(folder);
  assert.is(await second.accelerator.fingerprint(), saved);
});

test("it is logged as text", async () => {
  const tracker = new RecordingTracker();
  const accelerator = new Accelerator({ logWith: tracker, backend: "cpu" });
  await accelerator.initTrackers("fingerprints");
  await accelerator.prepare({ w: tf.variable(tf.scalar(1)) });
  const fingerprint = await accelerator.logFingerprint({ step: 3 });
  await accelerator.endTraining();
  assert.equal(
    tracker.calls.find((call) => (call as unknown[])[0] === "log"),
    ["log", { fingerprint }, 3],
  );
});

test("what cannot be hashed is said", async () => {
  class Own extends tf.Optimizer {
    static readonly className = "Own";
    applyGradients(): void {}
    getConfig(): tf.serialization.ConfigDict {
      return {};
    }
  }
  const { accelerator } = await smallTraining({ optimizer: new Own() });
  const error = await errorOf(accelerator.fingerprint());
  assert.is(error.code, "VALUE_INVALID");
  const options = await errorOf(accelerator.logFingerprint({ steps: 1 } as object));
  assert.is(options.code, "OPTION_INVALID");
});

test.run();
