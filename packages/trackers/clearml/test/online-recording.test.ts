import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import * as assert from "uvu/assert";
import { sampleEvents } from "./events.ts";
import { newRun, onlineSuite, pointsOf, SINGLE } from "./online-suite.ts";

const test = onlineSuite("ClearML tracker: what a server holds");

function artifacts(): [file: string, folder: string] {
  const root = mkdtempSync(join(tmpdir(), "acc-clearml-artifacts-"));
  const [file, folder] = [join(root, "note.txt"), join(root, "folder")];
  mkdirSync(join(folder, "inner"), { recursive: true });
  writeFileSync(file, "some text\n");
  writeFileSync(join(folder, "inner/x.json"), "{}");
  return [file, folder];
}

test("records everything where ClearML has a place for it", async ({ server }) => {
  const run = newRun(server, { taskName: "task ü 1", tags: ["t0"], taskType: "testing" });
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
  assert.equal(pointsOf(server.stored("training_stats_scalar")), [
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

test("uploads images and artifacts to where their addresses lead", async ({ server }) => {
  const run = newRun(server, { taskName: "task ü 1" });
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

test("keeps what the server cannot store as a point, and says so once", async ({ server }) => {
  const run = newRun(server);
  const at = { step: 0, wallTimeMs: 1000 };
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1e39, 2]) {
    run.post({ type: "metrics", values: { loss: value, fine: 1 }, context: at });
  }
  const tracker = await run.open();
  await run.deliver(tracker);
  await tracker.finish("success");
  assert.equal(pointsOf(server.stored("training_stats_scalar")), [
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

test("takes keys of any kind without leaving the task's folder", async ({ server }) => {
  const run = newRun(server, {}, "../..");
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

test.run();
