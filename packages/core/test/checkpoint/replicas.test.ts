import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { launch } from "../../src/launch/launch.ts";
import { launchCalls } from "../launch/launch-calls.ts";
import type { ScenarioName } from "./fixtures/scenarios.ts";
import { scratch } from "./scratch.ts";

const test = suite("checkpoints of several replicas");
const script = new URL("./fixtures/scenarios.ts", import.meta.url);
const folder = scratch();
const at = (name: string) => join(folder, name);

const results = new Map<string, unknown[]>();

/** What each rank gave in a scenario. */
function ranksOf<T>(name: string): T[] {
  const ranks = results.get(name);
  if (!ranks) throw new Error(`no scenario ${name}`);
  return ranks as T[];
}

/** Plays scenarios, which the tests find by their names, in one launch. */
async function play(
  numProcesses: number,
  scenarios: Readonly<Record<string, readonly [ScenarioName, object]>>,
): Promise<void> {
  const all = await launchCalls<unknown>(script, numProcesses, Object.values(scenarios));
  for (const [i, name] of Object.keys(scenarios).entries()) results.set(name, all[i] ?? []);
}

const WINDOWS = [
  [2, 2],
  [2, 1],
  [2, 3],
  [1, 2],
] as const;
const finish = (before: number) => ["finishWindow", { folder: at(`window-${before}`) }] as const;

const finishItems = (before: number) =>
  ["finishWindow", { folder: at(`items-${before}`), counts: true }] as const;

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
    "window of 2": ["saveMidWindow", { folder: at("window-2") }],
    "items of 2": ["saveMidWindow", { folder: at("items-2"), counts: true }],
    "saveState alone": ["onOneRank", { folder, call: "saveState", others: "train" }],
    "loadState alone": ["onOneRank", { folder, call: "loadState", others: "train" }],
    broken: ["brokenOnOneRank", { folder: at("broken") }],
    written: ["written", { folder: at("written") }],
    "written later": ["writtenLater", { folder: at("written-later") }],
  });
  await play(1, {
    "window of 1": ["saveMidWindow", { folder: at("window-1") }],
    "items of 1": ["saveMidWindow", { folder: at("items-1"), counts: true }],
    "2 to 1": finish(2),
    "items 2 to 1": finishItems(2),
    ...curves("begun", before),
    ...curves("whole", { ...before, steps: 6 }, "-whole"),
  });
  await play(2, {
    "2 to 2": finish(2),
    "1 to 2": finish(1),
    "items 2 to 2": finishItems(2),
    "items 1 to 2": finishItems(1),
    "other model": ["loadOtherModel", { folder: at("window-1"), size: 3 }],
    ...curves("resumed", after),
    refused: [
      "schedule",
      { folder: at("curve-processes"), unit: "processes", ...after, batchSize: 8 },
    ],
  });
  await play(3, { "2 to 3": finish(2), "items 2 to 3": finishItems(2) });
});

type Finished = { step: number; gradient: number | undefined; weight: number };

for (const [before, after] of WINDOWS) {
  test(`a window that ${before} began is finished by ${after} with the same mean (accelerate #784, CK-8)`, () => {
    const own = Array.from({ length: before }, (_, rank) => (rank + 1) / 2);
    const gradients = (ranks: readonly { gradient: number | undefined }[]) =>
      ranks.map(({ gradient }) => gradient);
    assert.equal(gradients(ranksOf<Finished>(`window of ${before}`)), own);
    const ranks = ranksOf<Finished>(`${before} to ${after}`);
    assert.is(ranks.length, after);
    const mean = own.reduce((sum, one) => sum + one, 0) / before;
    for (const { step, weight } of ranks) {
      assert.is(step, 1, "the same count on all ranks");
      assert.ok(Math.abs(weight + mean + 5) < 1e-5, `${weight}`);
    }
    if (before === after) assert.equal(gradients(ranks), own);
    else assert.equal(gradients(ranks.slice(1)), Array(after - 1).fill(undefined));
  });
}

for (const [before, after] of WINDOWS) {
  test(`the items of a window that ${before} began are counted on by ${after}`, () => {
    const mean = (before + 1) / 2; // of the samples 1, 2, …, whose items are one more
    for (const { weight } of ranksOf<Finished>(`items ${before} to ${after}`)) {
      const expected = -(mean + 10) / (mean + 1 + 4);
      assert.ok(Math.abs(weight - expected) < 1e-5, `${weight}, not ${expected}`);
    }
  });
}

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
