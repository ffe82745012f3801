import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TrackerUnreachableError } from "@acc/core";
import { unzipSync } from "fflate";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ClearMLOptions } from "../src/options.ts";
import { ClearMLServer, type StoredEvent } from "./clearml-server.ts";
import { sampleEvents } from "./events.ts";
import { TestRun } from "./test-run.ts";

const test = suite("ClearML tracker with a server");
let server: ClearMLServer;
test.before.each(async () => {
  server = await ClearMLServer.start();
});
test.after.each(() => server.close());

const SINGLE = -2147483648;
const keys = { accessKey: "key", secretKey: "secret" };
const optionsFor = (options: ClearMLOptions = {}): ClearMLOptions => ({
  ...{ apiHost: server.url, webHost: server.url, filesHost: server.url, ...keys, offline: false },
  ...options,
});
const newRun = (options: ClearMLOptions = {}, projectName = "proj A/sub") =>
  new TestRun({ projectName, options: optionsFor(options) });

function artifacts(): [file: string, folder: string] {
  const root = mkdtempSync(join(tmpdir(), "acc-clearml-artifacts-"));
  const [file, folder] = [join(root, "note.txt"), join(root, "folder")];
  mkdirSync(join(folder, "inner"), { recursive: true });
  writeFileSync(file, "some text\n");
  writeFileSync(join(folder, "inner/x.json"), "{}");
  return [file, folder];
}

const points = (events: readonly StoredEvent[]) =>
  events.map(({ metric, variant, iter, value }) => [metric, variant, iter, value]);

test("records everything where ClearML has a place for it", async () => {
  const run = newRun({ taskName: "task ü 1", tags: ["t0"], taskType: "testing" });
  run.post(...sampleEvents(...artifacts()));
  const tracker = await run.open();
  await run.deliver(tracker);
  await tracker.finish("success");
  const task = server.onlyTask;
  assert.is(server.projects[0]?.name, "proj A/sub");
  assert.equal([task.name, task.status, task.comment], ["task ü 1", "completed", "a comment"]);
  assert.equal(task.tags, ["t0", "t1", "t2"]);
  assert.equal(JSON.parse(task.configuration.General?.value ?? ""), {
    ...{ lr: 0.1, layers: [64, 10], nested: { a: { b: 1 } }, none: null },
  });
  const { General, Sec } = task.hyperparams;
  assert.equal(
    Object.values(General ?? {}).map((entry) => entry),
    [
      { section: "General", name: "lr", value: "0.1", type: "float", description: "" },
      { section: "General", name: "layers", value: "[64, 10]", type: "list", description: "" },
      { section: "General", name: "nested/a/b", value: "1", type: "int", description: "" },
      { section: "General", name: "none", value: "", description: "" },
    ],
  );
  assert.equal(Sec?.q?.value, "1");
  assert.equal(points(server.stored("training_stats_scalar")), [
    ["loss", "train", 0, 0.5],
    ["loss", "eval", 0, 1],
    ["loss", "train", 1, 0.25],
    ["ok", "train", 1, 1],
    ["Summary", "best", SINGLE, 0.125],
    ["Summary", "big", SINGLE, 12],
    ["last", "train", 4, 7],
  ]);
  assert.equal(
    server.stored("log").map(({ level, msg }) => [level, msg]),
    [
      ["info", "note (iteration 1): hello α"],
      ["info", "again (iteration 2): hello α"],
      ["info", "bad (train, iteration 2): NaN"],
      ["info", "when (iteration 2): 1970-01-01T00:00:00.000Z"],
    ],
  );
  const plots = server.stored("plot");
  assert.equal(
    plots.map(({ metric, variant, iter }) => [metric, variant, iter]),
    [
      ["list", "train", 2],
      ["tab", "eval", 0],
    ],
  );
  const table = JSON.parse(plots[1]?.plot_str ?? "").data[0];
  assert.equal(table.header.values, ["a", "b"]);
  assert.equal(table.cells.values, [
    [1, 2.5],
    ["x", null],
  ]);
});

test("uploads images and artifacts to where their addresses lead", async () => {
  const run = newRun({ taskName: "task ü 1" });
  run.post(...sampleEvents(...artifacts()));
  const tracker = await run.open();
  await run.deliver(tracker);
  const { id, execution } = server.onlyTask;
  const images = server.stored("training_debug_image");
  assert.equal(
    images.map(({ metric, variant, iter }) => [metric, variant, iter]),
    [
      ["img/a", "train", 3],
      ["batch", "train_0", 3],
      ["batch", "train_1", 3],
    ],
  );
  const folder = `proj A/sub/task %C3%BC 1.${id}`;
  assert.ok(images[0]?.key?.startsWith(`${folder}/metrics/img.slash.a/train/img.slash.a_train_`));
  for (const { url, key } of images) {
    const answer = await fetch(url ?? "");
    assert.is(
      Buffer.from(await answer.arrayBuffer())
        .subarray(1, 4)
        .toString(),
      "PNG",
      key,
    );
  }
  const [note, zip, dict] = execution.artifacts as { key: string; uri: string; type: string }[];
  assert.is(await (await fetch(note?.uri ?? "")).text(), "some text\n");
  assert.is(await (await fetch(dict?.uri ?? "")).text(), '{\n    "k": 1\n}');
  assert.equal([note?.type, zip?.type, dict?.type], ["text", "archive", "dict"]);
  const unzipped = unzipSync(new Uint8Array(await (await fetch(zip?.uri ?? "")).arrayBuffer()));
  assert.equal(Object.keys(unzipped), ["inner/x.json"]);
});

test("keeps what the server cannot store as a point, and says so once", async () => {
  const run = newRun();
  const at = { step: 0, wallTimeMs: 1000 };
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1e39, 2]) {
    run.post({ type: "metrics", values: { loss: value, fine: 1 }, context: at });
  }
  const tracker = await run.open();
  await run.deliver(tracker);
  await tracker.finish("success");
  assert.equal(points(server.stored("training_stats_scalar")), [
    ["loss", "train", 0, 2],
    ["fine", "train", 0, 1],
  ]);
  assert.equal(
    server.stored("log").map(({ msg, timestamp }) => [msg, timestamp]),
    [
      ["loss (train, iteration 0): NaN", 1000],
      ["loss (train, iteration 0): Infinity", 1001],
      ["loss (train, iteration 0): 1e+39", 1002],
    ],
  );
  assert.is(run.warnings.length, 4, run.warnings.join("\n"));
  assert.match(run.warnings.join("\n"), /"fine" \(train\) was logged at an equal or earlier step/);
});

test("takes keys of any kind without leaving the task's folder", async () => {
  const run = newRun({}, "../..");
  const odd = [
    "/lead",
    "..",
    "a//b",
    "",
    "x".repeat(1000),
    "long ".repeat(10_000),
    "µ \u0000\n",
    '"%?#',
    "a\ud800",
    "__proto__",
  ];
  const pixels = { data: new Uint8Array(4), shape: [2, 2] };
  for (const [step, key] of odd.entries()) {
    const context = { step, wallTimeMs: 1 };
    const values = Object.fromEntries([[key, 1]]);
    run.post({ type: "config", values });
    run.post({ type: "call", method: "connect", args: [{ x: 1 }, key], context });
    run.post({ type: "metrics", values, context });
    run.post({ type: "images", values: Object.fromEntries([[key, pixels]]), context });
    run.post({ type: "call", method: "uploadArtifact", args: [key, "text"], context });
  }
  const tracker = await run.open();
  await run.deliver(tracker);
  assert.is(server.stored("training_stats_scalar").length, odd.length);
  const images = server.stored("training_debug_image");
  assert.is(new Set(images.map(({ key }) => key)).size, odd.length);
  for (const { url } of images) assert.is((await fetch(url ?? "")).status, 200, url);
  for (const path of server.files.keys()) {
    assert.ok(
      path.split("/").every((part) => part !== ".." && part.length <= 255),
      path,
    );
  }
  assert.is(server.onlyTask.execution.artifacts?.length, odd.length);
  const sections = Object.values(server.onlyTask.hyperparams);
  assert.is(sections.filter(({ x }) => x?.value === "1").length, odd.length);
  const everything = JSON.stringify([server.onlyTask, [...server.events.values()]]);
  assert.not.match(everything, /\\ud[89a-f]/i); // half characters break the server's reader
  for (const { metric } of server.events.values()) assert.ok(metric.length < 8020);
});

test("renews its token before it ends, and asks for another where the server refuses it", async () => {
  server.tokenSeconds = 2;
  const run = newRun();
  const tracker = await run.open();
  const send = async () => {
    const step = run.journal.length;
    run.post({ type: "metrics", values: { loss: step }, context: { step, wallTimeMs: step } });
    await run.deliver(tracker, step);
  };
  await send();
  await send();
  assert.is(server.logins, 1);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await send();
  assert.is(server.logins, 2, "half of its life is over");
  server.forgetTokens();
  await send();
  assert.is(server.logins, 3);
  assert.is(server.stored("training_stats_scalar").length, 4);
  await tracker.finish("success");
});

test("speaks the server's version of the API where that is older", async () => {
  server.apiVersion = "2.9";
  const run = newRun();
  const tracker = await run.open();
  await run.deliver(tracker);
  assert.ok(server.calls.every(({ path }) => path.startsWith("/v2.9/")));
  server.apiVersion = "3.0";
  const other = newRun();
  await other.deliver(await other.open());
  assert.ok(server.calls.at(-1)?.path.startsWith("/v2.23/"));
});

async function refused(promise: Promise<unknown>): Promise<TrackerUnreachableError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.instance(error, TrackerUnreachableError);
  return error as TrackerUnreachableError;
}

test("says what is missing when there are no keys or wrong ones, and does not tell them", async () => {
  const saved = { ...process.env };
  process.env.CLEARML_CONFIG_FILE = join(tmpdir(), "acc-no-such-clearml.conf");
  try {
    const none = new TestRun({ options: { apiHost: server.url, offline: false } });
    const missing = await refused(none.deliver(await none.open()));
    assert.ok(missing.permanent);
    assert.match(missing.message, "CLEARML_API_ACCESS_KEY");
  } finally {
    process.env = saved;
  }
  const wrong = newRun({ accessKey: "AK", secretKey: "   wrong" });
  server.fault = undefined;
  const error = await refused(wrong.deliver(await wrong.open()));
  assert.ok(error.permanent);
  assert.not.match(error.message, "AK:");
  assert.not.match(JSON.stringify(wrong.state), /AK|wrong/);
});

test("is unreachable, and not failed, while the server is down or talks of something else", async () => {
  const run = newRun();
  const tracker = await run.open();
  const faults = [
    { status: 503, headers: { "retry-after": "2" } },
    { status: 429 },
    { status: 500 },
    { status: 200, body: "<html>" },
    { status: 200, body: "null" },
    "reset",
    "reset after",
  ] as const;
  for (const fault of faults) {
    server.fault = () => fault;
    const error = await refused(run.deliver(tracker));
    assert.not(error.permanent, error.message);
    if (fault === faults[0]) assert.is(error.retryAfterMs, 2000);
  }
  server.fault = () => "hang";
  await refused(tracker.deliver([], AbortSignal.timeout(100)));
  server.fault = undefined;
  await run.deliver(tracker);
  await tracker.finish("failure");
  assert.is(server.onlyTask.status, "failed");
});

test("goes on with a task, behind its last iteration and beside what it has", async () => {
  const first = newRun({ tags: ["old"] });
  first.post({ type: "config", values: { a: 1 } });
  first.post({ type: "metrics", values: { loss: 1 }, context: { step: 9, wallTimeMs: 1 } });
  const before = await first.open();
  await first.deliver(before);
  await before.finish("success");
  const { id } = server.onlyTask;
  const second = newRun({ continueTask: id, tags: ["new"] });
  second.post({ type: "call", method: "connect", args: [{ b: 2 }, "General"], context: {} });
  for (const step of [0, 1]) {
    second.post({ type: "metrics", values: { loss: 2 }, context: { step, wallTimeMs: 2 } });
  }
  const after = await second.open();
  await second.deliver(after, 0, 2);
  const later = await second.open(true); // the offset must not move with the last iteration
  await second.deliver(later, 1);
  assert.equal(points(server.stored("training_stats_scalar")), [
    ["loss", "train", 9, 1],
    ["loss", "train", 10, 2],
    ["loss", "train", 11, 2],
  ]);
  assert.equal(server.onlyTask.tags, ["old", "new"]);
  assert.equal(Object.keys(server.onlyTask.hyperparams.General ?? {}), ["a", "b"]);
  assert.is(server.onlyTask.status, "in_progress");
  const third = newRun({ continueTask: id, iterationOffset: 0 });
  third.post({ type: "metrics", values: { acc: 3 }, context: { step: 5, wallTimeMs: 3 } });
  await third.deliver(await third.open());
  assert.is(server.stored("training_stats_scalar").at(-1)?.iter, 5);
});

test("its task has the calls of the Python client", async () => {
  const run = newRun();
  const tracker = await run.open();
  const task = tracker.tracker;
  const logger = task.getLogger();
  assert.is(logger, task.logger);
  logger.reportScalar("loss", "train", 0.5, 3);
  logger.reportSingleValue("best", 0.25);
  logger.reportText("oh", "error");
  logger.reportTable("tab", "s", 1, { columns: ["a"], rows: [[1]] });
  logger.reportHistogram("hist", "s", [1, 2], 1);
  logger.reportPlotly("fig", "s", 2, { data: [{ type: "scatter", x: [1], y: [2] }] });
  logger.reportImage("img", "s", 2, { data: new Uint8Array(4), shape: [2, 2] });
  const config = { lr: 0.1, fn: () => 1 };
  assert.is(task.connect(config as never), config);
  task.setParameter("Args/x", 1);
  task.setParameters({ y: 2, "Args/z/w": [1] });
  task.connectConfiguration({ deep: { list: [1] } }, "Model", "what it is");
  task.uploadArtifact("text", "not a path");
  task.addTags("one");
  task.setComment("words");
  task.close();
  await run.deliver(tracker);
  const stored = server.onlyTask;
  assert.equal([task.id, task.name, task.projectName], [stored.id, "proj A/sub", "proj A/sub"]);
  assert.match(task.getOutputLogWebPage() ?? "", `/tasks/${stored.id}/output/log`);
  assert.is(stored.status, "completed");
  assert.equal(points(server.stored("training_stats_scalar")), [
    ["loss", "train", 3, 0.5],
    ["Summary", "best", SINGLE, 0.25],
  ]);
  assert.equal(
    server.stored("plot").map(({ metric, variant, iter }) => [metric, variant, iter]),
    [
      ["tab", "s", 1],
      ["hist", "s", 1],
      ["fig", "s", 2],
    ],
  );
  assert.equal(server.stored("log")[0]?.level, "error");
  const { General, Args } = stored.hyperparams;
  assert.equal(Object.keys(General ?? {}), ["lr", "fn", "y"]);
  assert.equal([Args?.x?.value, Args?.["z/w"]?.value], ["1", "[1]"]);
  assert.equal(JSON.parse(stored.configuration.Model?.value ?? ""), { deep: { list: [1] } });
  assert.equal([stored.tags, stored.comment], [["one"], "words"]);
  run.post({ type: "call", method: "nothing", args: [], context: {} });
  const error = await run.deliver(tracker, run.journal.length - 1).catch((reason) => reason);
  assert.is(error.code, "VALUE_INVALID");
});

test.run();
