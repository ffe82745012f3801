import { readdirSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { histogram } from "../src/format/histogram.ts";
import { rowsOf, startOffline } from "./offline-run.ts";
import { offlineFolder, readOfflineRun } from "./read-run.ts";

const test = suite("W&B offline: rows and summary");

test("writes the run, its configuration, rows and summary where wandb sync looks for them", async () => {
  const { dir, recording } = await startOffline({
    entity: "acc",
    name: "first run",
    id: "run1",
    group: "grp",
    jobType: "train",
    tags: ["a", "b"],
    notes: "some notes",
  });
  recording.post({
    type: "config",
    values: { lr: 0.1, nested: { a: [1, null, true] }, nan: Number.NaN },
  });
  recording.log({ loss: 1.5, text: "é中", ok: true, nothing: null, big: 2n ** 60n }, 0);
  recording.log({ nest: { a: 1, b: { c: 2.5 } }, "sl/ash": 2, nan: Number.NaN, inf: -Infinity }, 1);
  recording.post({ type: "config", values: { late: new Date(0) } });
  recording.log({ list: [1, [2]], floats: Float32Array.of(1, 2), empty: {} }, 2);
  await recording.finish();
  const folder = offlineFolder(dir);
  assert.match(folder, /offline-run-\d{8}_\d{6}-run1$/);
  assert.equal(readdirSync(folder).sort(), ["files", "logs", "run-run1.wandb"]);
  const run = readOfflineRun(folder);
  assert.equal(run.config, {
    lr: 0.1,
    nested: { a: [1, null, true] },
    nan: "NaN",
    late: "1970-01-01T00:00:00.000Z",
  });
  assert.equal(rowsOf(dir), [
    { loss: 1.5, text: "é中", ok: true, nothing: null, big: Number(2n ** 60n), _step: 0 },
    { nest: { a: 1, b: { c: 2.5 } }, "sl/ash": 2, nan: "NaN", inf: "-Infinity", _step: 1 },
    { list: [1, [2]], floats: [1, 2], _step: 2 },
  ]);
  assert.equal(run.history[0]?._timestamp, (recording.startedMs + 500) / 1000);
  assert.equal(run.history[0]?._runtime, 0.5);
  const { _timestamp, ...summary } = run.summary;
  assert.equal(summary, {
    loss: 1.5,
    text: "é中",
    ok: true,
    big: Number(2n ** 60n),
    nest: { a: 1, b: { c: 2.5 } },
    "sl/ash": 2,
    nan: "NaN",
    inf: "-Infinity",
    list: [1, [2]],
    floats: [1, 2],
    _step: 2,
    _runtime: 2,
    _wandb: { runtime: 2 },
  });
  assert.is(run.exitCode, 0);
  assert.equal(
    run.numbers,
    run.numbers.map((_, at) => at + 1),
  );
  const { 1: id, 2: entity, 3: project, 6: group, 7: job, 8: name, 9: notes, 10: tags } = run.run;
  assert.equal([id, entity, project, group, job, name, notes, tags].flat(), [
    ...["run1", "acc", "proj", "grp", "train", "first run", "some notes", "a", "b"],
  ]);
  assert.equal(recording.warnings, []);
});

test("values of one step share a row; nothing is lost by equal, earlier and omitted steps", async () => {
  const { dir, recording } = await startOffline();
  recording.log({ m: 1.5 }, 0);
  recording.log({ n: 1 }, 0);
  recording.log({ m: 2.5 }, 1);
  recording.log({ m: 3.5 }, 2);
  recording.log({ m: 4.5 }); // would replace 3.5
  recording.log({ m: 5.5 }, 2);
  recording.log({ m: 6.5 }, 1);
  recording.log({ m: 7.5 });
  recording.log({ m: 8.5 }, 10);
  recording.log({ m: 9.5 }, 10.5);
  recording.log({ m: 8.5, o: 1 }, 11);
  recording.log({ m: 8.5, p: 1 }, 11); // equal values meet in one row
  await recording.finish();
  const given = "accelerate/step";
  assert.equal(rowsOf(dir), [
    { m: 1.5, n: 1, _step: 0 },
    { m: 2.5, _step: 1 },
    { m: 3.5, _step: 2 },
    { m: 4.5, _step: 3 },
    { m: 5.5, [given]: 2, _step: 4 },
    { m: 6.5, [given]: 1, _step: 5 },
    { m: 7.5, _step: 6 },
    { m: 8.5, _step: 10 },
    { m: 9.5, [given]: 10.5, _step: 11 },
    { m: 8.5, o: 1, [given]: 11, p: 1, _step: 12 },
  ]);
  assert.is(recording.warnings.length, 2);
  assert.match(recording.warnings[1] ?? "", "5 calls at a later step");
});

test("a late value has a row of its own: neither it nor its neighbours get another step", async () => {
  const { dir, recording } = await startOffline();
  recording.log({ a: 1 }, 10);
  recording.log({ c: 5 }, 9);
  recording.log({ d: 6 }, 9); // shares the row of its step
  recording.log({ a: 2 }, 11); // the row of the late values has this step
  recording.log({ b: 3 }, 11);
  recording.log({ e: 7 }); // without a step
  recording.log({ a: 4 }, 20);
  recording.log({ a: 4 }, 20.5);
  recording.log({ b: 5 }, 21);
  recording.log({ f: 8 }, 3);
  recording.log({ g: 9 }, 4);
  await recording.finish();
  const given = "accelerate/step";
  assert.equal(rowsOf(dir), [
    { a: 1, _step: 10 },
    { [given]: 9, c: 5, d: 6, _step: 11 },
    { [given]: 11, a: 2, b: 3, _step: 12 },
    { e: 7, _step: 13 },
    { a: 4, _step: 20 },
    { [given]: 20.5, a: 4, _step: 21 },
    { [given]: 21, b: 5, _step: 22 },
    { [given]: 3, f: 8, _step: 23 },
    { [given]: 4, g: 9, _step: 24 },
  ]);
});

test("an evaluation logged with its own steps does not move the steps of training", async () => {
  const { dir, recording } = await startOffline();
  for (let step = 0; step < 4; step++) {
    recording.log({ loss: step }, step * 10);
    if (step % 2 === 1) recording.log({ accuracy: step }, (step - 1) / 2);
  }
  await recording.finish();
  assert.equal(
    rowsOf(dir).map(({ _step, loss, accuracy }) => [_step, loss, accuracy]),
    [
      [0, 0, undefined],
      [10, 1, undefined],
      [11, undefined, 1],
      [20, 2, undefined],
      [30, 3, undefined],
      [31, undefined, 3],
    ],
  );
});

test("defined metrics: summaries, step metrics, globs", async () => {
  const { dir, recording } = await startOffline();
  recording.tracker.tracker.defineMetric("val/*", {
    stepMetric: "epoch",
    summary: ["min", "mean"],
  });
  recording.tracker.tracker.defineMetric("acc", { summary: "best", goal: "maximize" });
  recording.tracker.tracker.defineMetric("quiet", { summary: "none" });
  recording.log({ "val/loss": 4, epoch: 1, acc: 0.5, quiet: 1 });
  recording.log({ "val/loss": 2, epoch: 2, acc: 0.25 });
  recording.log({ "val/loss": 3 });
  recording.tracker.tracker.summary.update({ best_nested: { x: 1 } });
  await recording.finish();
  const run = readOfflineRun(offlineFolder(dir));
  assert.equal(run.metrics, ["acc", "quiet", "val/loss"]);
  assert.equal(run.summary["val/loss"], { min: 2, mean: 3 });
  assert.equal(run.summary.acc, { best: 0.5 });
  assert.is(run.summary.quiet, undefined);
  assert.equal(run.summary.best_nested, { x: 1 });
  assert.equal(
    run.history.map(({ epoch }) => epoch),
    [1, 2, 2],
  );
});

test("long typed arrays and histogram() become histograms", async () => {
  const { dir, recording } = await startOffline();
  recording.log({ weights: Float32Array.from({ length: 100 }, (_, i) => i) });
  recording.log({ hist: histogram([1, 2, 2, 3, 9]) });
  await recording.finish();
  const [first, second] = rowsOf(dir) as Record<string, Record<string, number[]>>[];
  assert.is(first?.weights?._type, "histogram");
  assert.equal([first?.weights?.values?.length, first?.weights?.bins?.length], [32, 33]);
  // As the official client recorded it for the same values.
  const counts = new Array(64).fill(0);
  Object.assign(counts, { 0: 1, 8: 2, 16: 1, 63: 1 });
  assert.equal(second?.hist?.values, counts);
  assert.equal(second?.hist?.bins?.slice(0, 3), [1, 1.125, 1.25]);
  assert.is(second?.hist?.bins?.at(-1), 9);
});

test.run();
