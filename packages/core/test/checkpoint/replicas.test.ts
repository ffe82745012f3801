import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { launch } from "../../src/launch/launch.ts";
import { play, ranksOf } from "./play-scenarios.ts";
import { scratch } from "./scratch-folder.ts";
import { begun, finished, folderOf, testWindow } from "./test-windows.ts";

const test = suite("checkpoints of several replicas");
const script = new URL("./fixtures/scenarios.ts", import.meta.url);
const folder = scratch();
const at = (name: string) => join(folder, name);

const UNITS = ["processes", "optimizerSteps", "samples"] as const;
// The global batch stays 8: the saved steps per call are kept.
const before = { steps: 3, batchSize: 8 };
const after = { steps: 3, batchSize: 4, load: true };

/** A scenario for each unit of schedules. */
function curves(name: string, options: object, suffix = "") {
  return Object.fromEntries(
    UNITS.map((unit) => [
      `${name} ${unit}`,
      ["schedule", { folder: at(`curve-${unit}${suffix}`), unit, ...options }] as const,
    ]),
  );
}

test.before(async () => {
  await play(2, {
    ...begun(2),
    "saveState alone": ["onOneRank", { folder, call: "saveState", others: "train" }],
    "loadState alone": ["onOneRank", { folder, call: "loadState", others: "train" }],
    broken: ["brokenOnOneRank", { folder: at("broken") }],
    written: ["written", { folder: at("written") }],
    "written later": ["writtenLater", { folder: at("written-later") }],
  });
  await play(1, {
    ...begun(1),
    ...finished(2, 1),
    ...curves("begun", before),
    ...curves("whole", { ...before, steps: 6 }, "-whole"),
  });
  await play(2, {
    ...finished(2, 2),
    ...finished(1, 2),
    "other model": ["loadOtherModel", { folder: folderOf("window", 1), size: 3 }],
    ...curves("resumed", after),
    refused: [
      "schedule",
      { folder: at("curve-processes"), unit: "processes", ...after, batchSize: 8 },
    ],
  });
});

for (const [before, after] of [
  [2, 2],
  [2, 1],
  [1, 2],
] as const)
  testWindow(test, before, after);

for (const call of ["saveState", "loadState"]) {
  test(`${call} on one rank only is an error on all that names it (accelerate #3512 #1171 #2000)`, () => {
    for (const [found, message = ""] of ranksOf<string[]>(`${call} alone`)) {
      assert.is(found, "COLLECTIVE_MISMATCH");
      assert.match(message, new RegExp(`rank 0 called ${call}\\(\\)`));
    }
  });
}

test("saveState on a rank whose others have ended does not hang", async () => {
  const args = ["onOneRank", { folder, call: "saveState", others: "end" }];
  const [first] = await launch<string[]>(script, { numProcesses: 2, args, timeoutMs: 60_000 });
  assert.is(first?.[0], "COLLECTIVE_RANK_ENDED");
  assert.match(first?.[1] ?? "", /saveState\(\)/);
});

test("what one rank cannot save is an error on all, and the next save works", () => {
  assert.equal(ranksOf("broken"), ["VALUE_INVALID", "VALUE_INVALID"]);
});

test("every rank learns whether the checkpoint is on the disk", () => {
  const [first, second] = ranksOf<(string | undefined)[]>("written");
  assert.is(first?.[0], undefined);
  assert.is(first?.[1], "CHECKPOINT_FAILED");
  assert.equal(second, first);
});

test("also after further checkpoints have been written", () => {
  const outcomes = [undefined, "CHECKPOINT_FAILED", undefined, undefined];
  const ranks = ranksOf<(string | undefined)[]>("written later");
  assert.equal(ranks, [outcomes, outcomes]);
});

test("another model is an error on all ranks, and none has changed", () => {
  const ranks = ranksOf("other model");
  assert.is(ranks.length, 2);
  for (const one of ranks)
    assert.equal(one, { code: "CHECKPOINT_MODEL_MISMATCH", isUnchanged: true });
});

test("schedules go on along the same curve on another number of replicas, or refuse (diffusers PR 8312, SimpleTuner PR 921)", () => {
  type Curve = { rate?: number; message?: string };
  for (const unit of UNITS) {
    const [whole] = ranksOf<Curve>(`whole ${unit}`);
    assert.type(whole?.rate, "number");
    for (const { rate } of ranksOf<Curve>(`resumed ${unit}`)) assert.is(rate, whole?.rate, unit);
  }
  for (const { message } of ranksOf<Curve>("refused")) {
    assert.match(message ?? "", /8 samples in a step then and 16 now.*schedulerUnit/);
  }
});

test.run();
