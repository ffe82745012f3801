/** A fingerprint says whether trainings are at the same place, and which replicas are not. */
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Accelerator } from "../../src/index.ts";
import { launchCalls, sharedLaunches } from "../launch/launch-calls.ts";
import { RecordingTracker } from "../trackers/recording-tracker.ts";
import type { Fingerprints } from "./fixtures/fingerprint.ts";
import { errorOf, scratch, smallTraining } from "./scratch.ts";

const test = suite("fingerprints");
const script = new URL("./fixtures/fingerprint.ts", import.meta.url);
const CHANGED = [
  ["weight", /"dense\w*\/kernel" of a model/],
  ["moment", /the optimizer's "dense\w*\/bias\/m"/],
  ["learning rate", /the learning rate/],
  ["cursor", /the place in the data/],
] as const;
const calls = (rank: number) => CHANGED.map(([change]) => [change, rank]);
const run = sharedLaunches<Fingerprints>(script, {
  1: [["nothing", 0], ...calls(0)],
  2: [["nothing", 0], ["nothing", 0, 5], ...calls(1)],
  3: [["nothing", 0], ["nothing", 0, 6], ...calls(0)],
});

for (const numProcesses of [1, 2, 3]) {
  test(`all of ${numProcesses} ranks have the same, another one after every step`, async () => {
    const ranks = await run(numProcesses, "nothing", 0);
    const steps = ranks[0]?.steps ?? [];
    assert.is(steps.length, 8);
    assert.is(new Set(steps).size, 8);
    for (const hash of steps) assert.match(hash, /^[0-9a-f]{16}$/);
    for (const { steps: own, changed, tensorsLeft } of ranks) {
      assert.equal(own, steps);
      assert.is(changed.length, 16);
      assert.is(tensorsLeft, 0);
    }
  });
}

test("a second run has the same fingerprints, a run with another seed has others", async () => {
  const [again] = await run(2, "nothing", 0, 5);
  const [first] = await run(2, "nothing", 0);
  assert.equal(again?.steps, first?.steps);
  const [other] = await run(3, "nothing", 0, 6);
  const [own] = await run(3, "nothing", 0);
  assert.is(other?.steps.filter((hash) => own?.steps.includes(hash)).length, 0);
});

for (const [change, what] of CHANGED) {
  test(`a rank that differs is named: ${change}`, async () => {
    for (const { changed } of await run(2, change, 1)) {
      assert.match(changed, /^REPLICAS_DIFFER: .*differ from rank 0: rank 1 in /);
      assert.match(changed, what);
    }
    // Two of three agree: the first rank is the odd one.
    for (const { changed } of await run(3, change, 0)) {
      assert.match(changed, /^REPLICAS_DIFFER: .*differ from rank 1: rank 0 in /);
      assert.match(changed, what);
    }
    const [single] = await run(1, change, 0);
    const [before] = await run(1, "nothing", 0);
    assert.match(single?.changed ?? "", /^[0-9a-f]{16}$/);
    assert.not.equal(single?.changed, before?.changed, "one replica sees the change");
  });
}

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

test("it does not depend on the number of replicas", async () => {
  const folder = scratch();
  const at = (numProcesses: number, rank: number) =>
    launchCalls<string>(script, numProcesses, [["nothing", rank, 5, folder]]);
  const [[saved] = []] = await at(1, 0);
  assert.match(saved ?? "", /^[0-9a-f]{16}$/);
  for (const numProcesses of [2, 3]) {
    const [loaded = []] = await at(numProcesses, 1);
    for (const fingerprint of loaded) assert.is(fingerprint, saved);
  }
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
