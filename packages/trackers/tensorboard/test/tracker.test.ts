import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decode } from "fast-png";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { createTracker } from "./create-tracker.ts";
import { type Point, readEvents, readRun } from "./read-events.ts";

const test = suite("TensorBoard tracker");
const temporary = () => mkdtempSync(join(tmpdir(), "acc-tensorboard-"));
const pointsOf = (directory: string, kind: Point["kind"]) =>
  readRun(directory).flatMap(({ step, points }) =>
    points.filter((point) => point.kind === kind).map(({ tag, value }) => [tag, step, value]),
  );

function start(projectName = "run", options = {}, directory = temporary()) {
  const { tracker, warnings } = createTracker(projectName, directory, options);
  tracker.start();
  return { tracker, warnings, directory, run: join(directory, projectName) };
}

test("makes nothing before start, then a file that begins with its version and a session", () => {
  const directory = temporary();
  const { tracker } = createTracker("run", directory);
  assert.equal(readdirSync(directory), []);
  tracker.start();
  tracker.finish("success");
  const [version, session, ...rest] = readRun(join(directory, "run"));
  assert.is(version?.version, "brain.Event:2");
  assert.is(session?.sessionStart, true);
  assert.equal(rest, []);
});

test("records numbers, booleans, texts and nested values at their steps and times", () => {
  const { tracker, run } = start();
  tracker.log({ loss: 0.5, ok: true, big: 12n, nan: Number.NaN }, { step: 3, wallTimeMs: 5000 });
  tracker.log({
    note: "**bold**",
    when: new Date(0),
    eval: { top: { k: 2 } },
    one: Float32Array.of(4),
  });
  tracker.log({ "../escape": 1 }, { step: 1 });
  tracker.log({ later: 1 });
  tracker.finish("success");
  assert.equal(pointsOf(run, "scalar"), [
    ["loss", 3, 0.5],
    ["ok", 3, 1],
    ["big", 3, 12],
    ["nan", 3, Number.NaN],
    ["eval/top/k", 4, 2],
    ["one", 4, 4],
    ["../escape", 1, 1],
    ["later", 2, 1],
  ]);
  assert.equal(pointsOf(run, "text"), [
    ["note/text_summary", 4, "**bold**"],
    ["when/text_summary", 4, "1970-01-01T00:00:00.000Z"],
  ]);
  assert.is(readRun(run).find((event) => event.step === 3)?.wallTime, 5);
});

test("warns once about what TensorBoard cannot hold, counts it, and records the rest", () => {
  const { tracker, run, warnings } = start();
  for (let step = 0; step < 3; step++)
    tracker.log({ list: [1, "a"], none: null, fine: step }, { step });
  tracker.finish("success");
  assert.is(pointsOf(run, "scalar").length, 3);
  assert.is(warnings.length, 3, warnings.join("\n"));
  assert.match(warnings[2] ?? "", /list \(list of 2\) 3 times, none \(null\) 3 times/);
});

test("stores any configuration as hparams of the run and as hparams.yml", () => {
  const { tracker, run } = start();
  const config = {
    lr: 0.1,
    amp: true,
    name: "n",
    list: [1, [2n]],
    none: null,
    missing: undefined,
    nan: Number.NaN,
    when: new Date(0),
    deep: { er: { x: 1 } },
    typed: Float32Array.of(1, 2),
  };
  const before = structuredClone(config);
  tracker.storeInitConfiguration(config);
  tracker.finish("failure");
  assert.equal(config, before);
  const expected = {
    lr: 0.1,
    amp: true,
    name: "n",
    list: '[1,["2"]]',
    none: "None",
    missing: "None",
    nan: "NaN",
    when: "1970-01-01T00:00:00.000Z",
    "deep/er/x": 1,
    typed: "[1,2]",
  };
  const [info, end] = pointsOf(run, "hparams");
  assert.equal(info?.[2], expected);
  assert.equal(end, ["_hparams_/session_end_info", 0, { status: 2 }]);
  assert.equal(parse(readFileSync(join(run, "hparams.yml"), "utf8")), expected);
  assert.equal(readdirSync(run).length, 2, "no temporary file is left");
});

test("moves steps that would break the hparams page, and says so", () => {
  const { tracker, run, warnings } = start();
  tracker.log({ a: 1 }, { step: 2 ** 40 });
  tracker.storeInitConfiguration({ lr: 1 });
  tracker.log({ a: 2 }, { step: 2 ** 40 });
  tracker.finish("success");
  assert.equal(pointsOf(run, "scalar"), [
    ["a", 2 ** 40, 1],
    ["a", 2 ** 31 - 1, 2],
  ]);
  assert.is(warnings.filter((warning) => /hparams page/.test(warning)).length, 1);
});

test("draws images in every layout and number of channels", () => {
  const { tracker, run } = start();
  for (const channels of [1, 2, 3, 4]) {
    const data = Uint8Array.from({ length: 6 * channels }, (_, i) => i * 10);
    tracker.logImages({ [`c${channels}`]: { data, shape: [2, 3, channels] } }, { step: 1 });
  }
  tracker.logImages({ flat: { data: Float32Array.of(0, 0.5, 1, 2), shape: [2, 2] } });
  tracker.logImages({ grid: { data: new Uint8Array(10 * 2 * 2).fill(9), shape: [10, 2, 2, 1] } });
  tracker.logImages({ bad: { data: Uint8Array.of(1), shape: [5] } });
  tracker.finish("success");
  const images = new Map(
    pointsOf(run, "image").map(([tag, , value]) => [
      tag,
      value as { encoded: Buffer; width: number; height: number; channels: number },
    ]),
  );
  for (const channels of [1, 2, 3, 4]) {
    const image = images.get(`c${channels}`);
    const png = decode(image?.encoded as Buffer);
    assert.equal(
      [image?.channels, image?.width, image?.height, png.channels],
      [channels, 3, 2, channels],
    );
    assert.equal(
      [...png.data],
      Array.from({ length: 6 * channels }, (_, i) => i * 10),
    );
  }
  assert.equal([...decode(images.get("flat")?.encoded as Buffer).data], [0, 128, 255, 255]);
  const grid = decode(images.get("grid")?.encoded as Buffer);
  assert.equal([grid.width, grid.height], [16, 4]);
  assert.is(grid.data.filter((value) => value === 9).length, 40);
});

test("shows lists and arrays of numbers as histograms", () => {
  const { tracker, run } = start();
  const values = Float32Array.from({ length: 300 }, (_, i) => i);
  tracker.log(
    {
      values,
      nested: [
        [1, 1],
        [1, 1],
      ],
      odd: [1, Number.NaN, 3],
    },
    { step: 2 },
  );
  tracker.finish("success");
  const [all, same, odd] = pointsOf(run, "histogram").map(
    ([, , value]) => value as Record<string, unknown>,
  );
  assert.equal([all?.min, all?.max, all?.count, all?.sum], [0, 299, 300, (299 * 300) / 2]);
  const counts = all?.counts as number[];
  assert.equal([counts.length, counts.reduce((a, b) => a + b), all?.max], [30, 300, 299]);
  assert.ok(
    counts.every((count) => count === 10),
    counts.join(" "),
  );
  assert.equal(same, { min: 1, max: 1, count: 4, sum: 4, sumSquares: 4, limits: [1], counts: [4] });
  assert.equal([odd?.count, odd?.sum], [2, 4]);
});

test("writes tables as Markdown", () => {
  const { tracker, run } = start();
  const rows = [
    ["a|b", 1, null],
    ["line\nbreak", 2.5, [1, 2]],
  ];
  tracker.logTable({ errors: { columns: ["name", "loss", "more"], rows } }, { step: 3 });
  tracker.finish("success");
  const text =
    "| name | loss | more |\n| --- | --- | --- |\n| a\\|b | 1 |  |\n| line<br>break | 2.5 | [1,2] |";
  assert.equal(pointsOf(run, "text"), [["errors/text_summary", 3, text]]);
});

test("lays out nested scalars, doubles, images and hparams as it is asked to", () => {
  const options = {
    nestedScalars: "runs",
    imageLayout: "separate",
    doubles: true,
    hparams: "subrun",
    syncOnLog: true,
  };
  const { tracker, run } = start("run", options);
  tracker.storeInitConfiguration({ lr: 1 });
  tracker.log({ "a/loss": { train: 1.5, eval: { top: 2 } }, exact: 2 ** 24 + 1 }, { step: 4 });
  tracker.logImages({ batch: { data: new Uint8Array(2 * 4), shape: [2, 2, 2, 1] } }, { step: 4 });
  tracker.finish("success");
  assert.equal(pointsOf(run, "scalar"), [["exact", 4, 2 ** 24]]);
  assert.equal(pointsOf(run, "double"), [["exact.f64", 4, 2 ** 24 + 1]]);
  assert.equal(pointsOf(join(run, "a_loss_train"), "scalar"), [["a/loss", 4, 1.5]]);
  assert.equal(pointsOf(join(run, "a_loss_eval_top"), "scalar"), [["a/loss", 4, 2]]);
  assert.equal(
    pointsOf(run, "image").map(([tag]) => tag),
    ["batch/0", "batch/1"],
  );
  assert.equal(pointsOf(run, "hparams"), []);
  const [subrun] = readdirSync(run).filter((name) => /^\d+(\.\d+)?$/.test(name));
  const [info, end] = pointsOf(join(run, subrun as string), "hparams").map(([, , value]) => value);
  assert.equal([info, end], [{ lr: 1 }, { status: 1 }]);
  assert.ok(existsSync(join(run, subrun as string, "hparams.yml")));
});

test("is finished once, and refuses what comes later", () => {
  const { tracker, run } = start();
  tracker.finish("success");
  tracker.finish("failure");
  assert.throws(() => tracker.log({ a: 1 }), /finished/);
  assert.is(readRun(run).length, 2);
});

test("a second program opens a second file and says from which step it goes on", () => {
  const { tracker, directory, run } = start();
  tracker.log({ a: 1 }, { step: 0 });
  tracker.finish("success");
  const [first] = readdirSync(run);
  const before = readFileSync(join(run, first as string));
  const resumed = start("run", { resumeStep: 5, filenameSuffix: ".second" }, directory);
  resumed.tracker.log({ a: 2 });
  resumed.tracker.finish("success");
  assert.is(readdirSync(run).length, 2);
  assert.ok(readdirSync(run).some((name) => name.endsWith(".second")));
  assert.ok(readFileSync(join(run, first as string)).equals(before), "the first file is untouched");
  assert.equal(pointsOf(run, "scalar"), [
    ["a", 0, 1],
    ["a", 5, 2],
  ]);
  assert.is(
    readRun(run)
      .filter((event) => event.sessionStart)
      .at(-1)?.step,
    5,
  );
});

test("writes only into its directory", () => {
  for (const name of ["..", "../other", "/tmp/elsewhere", ".", "a/../.."]) {
    assert.throws(() => createTracker(name, temporary()), /does not name a folder/);
  }
  assert.not.throws(() => createTracker("group/run 1", temporary()));
  assert.throws(() => createTracker("run", temporary(), { resumeStep: -1 }), /resumeStep/);
});

test("a record that was cut off costs only itself", () => {
  const { tracker } = start();
  for (let step = 0; step < 4; step++) tracker.log({ a: step }, { step });
  const path = tracker.tracker.path;
  tracker.finish("success");
  truncateSync(path, readFileSync(path).length - 7);
  assert.is(readEvents(path).length, 2 + 3);
});

test("kill -9 loses nothing that log had accepted", async () => {
  const directory = temporary();
  const script = fileURLToPath(new URL("./fixtures/log-and-wait.ts", import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, script, directory], {
    timeout: 120_000,
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", () => resolve());
    child.on("exit", () => reject(new Error("the child ended early")));
  });
  child.kill("SIGKILL");
  await new Promise((resolve) => child.once("close", resolve));
  assert.ok(existsSync(directory));
  assert.equal(
    pointsOf(join(directory, "run"), "scalar").map(([, step]) => step),
    Array.from({ length: 100 }, (_, step) => step),
  );
});

test.run();
