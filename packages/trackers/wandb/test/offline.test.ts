import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TrackerUnreachableError } from "@acc/core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { histogram } from "../src/histogram.ts";
import { FILE_HEADER, frameRecords } from "../src/transaction-log.ts";
import { offlineFolder, readOfflineRun, readRecords } from "./read-run.ts";
import { Recording } from "./recording.ts";

const test = suite("W&B offline");
const temporary = () => mkdtempSync(join(tmpdir(), "acc-wandb-"));
const vectors = fileURLToPath(new URL("fixtures/vectors/", import.meta.url));
const startOffline = async (options = {}) => {
  const dir = temporary();
  return { dir, recording: await Recording.start(dir, { mode: "offline", ...options }) };
};
/** Rows without their clock. */
const rowsOf = (dir: string) =>
  readOfflineRun(offlineFolder(dir)).history.map(({ _timestamp, _runtime, ...row }) => row);

test("frames records as W&B's own client does", () => {
  const abc = frameRecords([Buffer.from("abc")], FILE_HEADER.length);
  assert.is(abc.toString("hex"), "a9209d53030001616263");
  for (const name of ["offline-0.31.0", "handwritten", "minimal", "blocks-0.31.0"]) {
    const data = readFileSync(join(vectors, `${name}.wandb`));
    const records = readRecords(data).map(({ payload }) => payload);
    const written = Buffer.concat([FILE_HEADER, frameRecords(records, FILE_HEADER.length)]);
    assert.ok(written.equals(data), name);
  }
});

test("a record may end anywhere in a block", () => {
  for (let length = 32_700; length < 32_800; length++) {
    const records = [Buffer.alloc(length, 1), Buffer.alloc(3, 2), Buffer.alloc(70_000, 3)];
    const data = Buffer.concat([FILE_HEADER, frameRecords(records, FILE_HEADER.length)]);
    const read = readRecords(data).map(({ payload }) => payload);
    assert.equal(read, records);
  }
});

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
      [10, 1, 1],
      [20, 2, undefined],
      [30, 3, 3],
    ],
  );
});

test("images and tables are files beside the row that names them, of one call in one row", async () => {
  const { dir, recording } = await startOffline();
  const context = recording.context();
  const image = { data: Uint8Array.from({ length: 72 }, (_, i) => i), shape: [4, 6, 3] };
  const batch = { data: new Float32Array(2 * 4 * 6), shape: [2, 4, 6, 1] };
  recording.post({ type: "metrics", values: { loss: 1 }, context });
  recording.post({ type: "images", values: { img: image, "imgs/list": batch }, context });
  recording.post({
    type: "tables",
    values: {
      tab: {
        columns: ["i", "name"],
        rows: [
          [1, "x"],
          [2, "y"],
        ],
      },
    },
    context,
  });
  recording.log({ loss: 2 });
  recording.post({
    type: "images",
    values: { img: image },
    context: { ...recording.context(5), options: { captions: ["cap"] } },
  });
  await recording.finish();
  const folder = offlineFolder(dir);
  const [first, second, third] = rowsOf(dir) as Record<string, Record<string, unknown>>[];
  assert.equal(Object.keys(first ?? {}), ["loss", "img", "imgs/list", "tab", "_step"]);
  assert.equal(Object.keys(second ?? {}), ["loss", "_step"]);
  assert.equal([third?._step, third?.img?.caption], [5, "cap"]);
  const { path, ...img } = first?.img ?? {};
  const bytes = readFileSync(join(folder, "files", String(path)));
  assert.equal(img, {
    ...{ _type: "image-file", sha256: img.sha256, size: bytes.length, format: "png" },
    ...{ width: 6, height: 4 },
  });
  assert.match(String(path), /^media\/images\/img_0_[0-9a-f]{20}\.png$/);
  const { filenames, ...list } = first?.["imgs/list"] ?? {};
  assert.equal(list, {
    _type: "images/separated",
    ...{ width: 6, height: 4, format: "png", count: 2 },
  });
  const tab = first?.tab ?? {};
  const table = readFileSync(join(folder, "files", String(tab.path)), "utf8");
  assert.is(table, '{"columns":["i","name"],"data":[[1,"x"],[2,"y"]]}');
  assert.equal([tab._type, tab.ncols, tab.nrows], ["table-file", 2, 2]);
  const { files } = readOfflineRun(folder);
  for (const named of [path, tab.path, ...(filenames as string[])]) {
    assert.ok(files.includes(String(named)), String(named));
  }
});

test("a key never leads out of the run's folder", async () => {
  const { dir, recording } = await startOffline();
  const keys = [
    "/lead",
    "../../up",
    "..",
    "a//b",
    "trail/",
    "C:\\x",
    "k".repeat(1000),
    "\ud800",
    "é",
  ];
  const image = { data: new Uint8Array(4), shape: [2, 2] };
  recording.post({
    type: "images",
    values: Object.fromEntries(keys.map((key) => [key, image])),
    context: recording.context(0),
  });
  recording.log(Object.fromEntries(keys.map((key) => [`v${key}`, 1])), 0);
  recording.log({ "": 1, _step: 77, __proto__x: 2 }, 1);
  await recording.finish();
  const { files } = readOfflineRun(offlineFolder(dir));
  assert.is(new Set(files).size, keys.length);
  const media = readdirSync(join(offlineFolder(dir), "files/media/images"), {
    recursive: true,
    withFileTypes: true,
  });
  assert.is(media.filter((entry) => entry.isFile()).length, keys.length);
  assert.equal(readdirSync(dir), ["wandb"]);
  assert.equal(rowsOf(dir)[1], { _step_: 77, __proto__x: 2, _step: 1 });
  assert.match(recording.warnings.join(), 'cannot hold "" (number)');
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
  // As the recorded official client has it for the same values.
  const counts = new Array(64).fill(0);
  Object.assign(counts, { 0: 1, 8: 2, 16: 1, 63: 1 });
  assert.equal(second?.hist?.values, counts);
  assert.equal(second?.hist?.bins?.slice(0, 3), [1, 1.125, 1.25]);
  assert.is(second?.hist?.bins?.at(-1), 9);
});

test("artifacts are copied into the run's folder", async () => {
  const { dir, recording } = await startOffline();
  const source = join(dir, "model");
  writeFileSync(source, "hello\n");
  recording.tracker.tracker.logArtifact(source, { name: "notes", type: "dataset" });
  assert.throws(() => recording.tracker.tracker.logArtifact(join(dir, "absent")), /no file/);
  await recording.finish();
  rmSync(source);
  const folder = offlineFolder(dir);
  assert.is(readOfflineRun(folder).artifacts, 1);
  const [copy = ""] = readdirSync(join(folder, "artifacts"));
  assert.match(copy, /^notes-[0-9a-z]{8}$/);
  assert.is(readFileSync(join(folder, "artifacts", copy, "model"), "utf8"), "hello\n");
});

test("a process that dies at any event leaves no half run once another has gone on", async () => {
  const fill = (recording: Recording) => {
    recording.post({ type: "config", values: { lr: 0.1 } });
    for (let step = 0; step < 6; step++) {
      recording.log({ m: step, text: "x".repeat(step === 3 ? 40_000 : 10) }, step);
      recording.log({ n: step });
    }
  };
  const { dir: undisturbed, recording: reference } = await startOffline({ id: "same" });
  fill(reference);
  await reference.finish("failure");
  const expected = rowsOf(undisturbed);
  for (let death = 0; death <= reference.events.length; death++) {
    const { dir, recording } = await startOffline({ id: "same" });
    fill(recording);
    // Two events are recorded and saved, then more are written that nobody saved, and half a record.
    const lost = recording.events.slice(recording.delivered, death);
    if (lost.length > 0) {
      await recording.tracker.deliver(lost, AbortSignal.timeout(5000));
      appendFileSync(join(offlineFolder(dir), "run-same.wandb"), Buffer.alloc(90, 7));
    }
    await recording.restart();
    await recording.deliver(3);
    await recording.restart();
    await recording.finish("failure");
    const run = readOfflineRun(offlineFolder(dir));
    assert.equal(rowsOf(dir), expected, `died after ${death}`);
    assert.equal([run.config, run.exitCode], [{ lr: 0.1 }, 1]);
    assert.is(run.summary.n, 5);
  }
});

test("finishing twice adds nothing, what comes later is counted", async () => {
  const { dir, recording } = await startOffline();
  recording.log({ m: 1 });
  recording.tracker.tracker.finish();
  assert.throws(() => recording.tracker.tracker.log({ m: 3 }), /finished/);
  recording.log({ m: 2 });
  await recording.finish();
  await recording.restart();
  await recording.finish();
  assert.equal(rowsOf(dir), [{ m: 1, _step: 0 }]);
  assert.match(recording.warnings.join(), "after the run's finish() 1 times");
});

test("a folder that cannot be written keeps the events for later", async () => {
  const dir = temporary();
  writeFileSync(join(dir, "wandb"), "in the way");
  const recording = await Recording.start(dir, { mode: "offline" });
  recording.log({ m: 1 });
  try {
    await recording.deliver();
    assert.unreachable();
  } catch (error) {
    assert.instance(error, TrackerUnreachableError);
    assert.match((error as Error).message, "WANDB_DIR");
  }
  rmSync(join(dir, "wandb"));
  await recording.finish();
  assert.equal(rowsOf(dir), [{ m: 1, _step: 0 }]);
});

test("disabled: nothing is written, every call works", async () => {
  const dir = temporary();
  const recording = await Recording.start(dir, { mode: "disabled" });
  recording.log({ m: 1 });
  recording.tracker.tracker.log({ m: 2 });
  assert.is(recording.tracker.tracker.disabled, true);
  await recording.finish();
  assert.equal(readdirSync(dir), []);
});

test.run();
