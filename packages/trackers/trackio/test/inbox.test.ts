import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inboxFiles, readInbox } from "./read-inbox.ts";
import { Recording } from "./recording.ts";

const test = suite("Trackio: a run in a folder");

test("is records in the inbox, of the form that Trackio's own client writes", async () => {
  const run = new Recording({ project: "my proj/é", group: "g" });
  const tracker = await run.open();
  run.post({ type: "config", values: { lr: 0.1, _Group: "mine", nan: Number.NaN } });
  run.log({ loss: 0.5, step: 3 });
  run.log({ loss: 0.25 }, 5);
  tracker.tracker.alert("Look", { text: "at this", level: "error" });
  tracker.tracker.logSystem({ load: 0.5 });
  await run.complete(tracker);
  const [row, second, alert, system] = readInbox(run.dir);
  const same = { v: 1, project: "my proj/é", run: "run 1", run_id: run.id };
  const { log_id, ...first } = row as unknown as Record<string, unknown>;
  assert.match(String(log_id), /^[0-9a-f]{32}$/);
  assert.equal(first, {
    ...{ ...same, kind: "metric", metrics: { loss: 0.5, __step: 3 }, step: 0 },
    timestamp: "2023-11-14T22:13:21.000Z",
    config: {
      ...{ lr: 0.1, _Group: "g", nan: "NaN" },
      ...{ _Username: null, _Created: "2023-11-14T22:13:20.000Z" },
    },
  });
  assert.equal([second?.step, second?.config], [5, null]);
  assert.equal([alert?.kind, alert?.step, alert?.title], ["alert", 5, "Look"]);
  assert.equal([system?.kind, system?.metrics], ["system_metric", { load: 0.5 }]);
  assert.match(run.warnings.join(), 'like "step": the value is recorded as "__step"');
});

test("has the members that Trackio's own client writes, and the same values for the same calls", async () => {
  const path = new URL("fixtures/vectors/fragments-0.43.0.jsonl", import.meta.url);
  const theirs = readFileSync(path, "utf8").trimEnd().split("\n");
  const run = new Recording();
  const tracker = await run.open();
  run.post({ type: "config", values: { lr: 0.1, nan: Number.NaN } });
  const values = { loss: 0.5, s: "x", d: { a: 1 }, bad: Number.NaN, step: 7 };
  run.post({ type: "metrics", values, context: { step: 0 } });
  run.log({ loss: 0.25 }, 5);
  tracker.tracker.alert("Title", { text: "text", step: 5 });
  await run.complete(tracker);
  const ours = readInbox(run.dir);
  for (const [at, line] of theirs.entries()) {
    const expected = JSON.parse(line) as (typeof ours)[number];
    const found = ours[at];
    assert.equal(Object.keys(found ?? {}), Object.keys(expected));
    assert.equal(Object.keys(found?.config ?? {}), Object.keys(expected.config ?? {}));
    assert.equal(
      [found?.kind, found?.metrics, found?.step, found?.title, found?.level],
      [expected.kind, expected.metrics, expected.step, expected.title, expected.level],
    );
  }
});

test("keeps images where the dashboard looks for them, and files among those of the project", async () => {
  const run = new Recording({ name: "a/b" });
  const tracker = await run.open();
  const context = { step: 2, wallTimeMs: run.startedMs, options: { captions: ["first"] } };
  const batch = { data: new Uint8Array(2 * 4), shape: [2, 2, 2, 1] };
  const bad = { data: new Uint8Array(5), shape: [5] };
  run.post({ type: "images", values: { batch, bad }, context });
  const folder = join(run.folder, "model");
  mkdirSync(join(folder, "sub"), { recursive: true });
  writeFileSync(join(folder, "sub/weights.bin"), "weights");
  run.post({ type: "artifact", artifact: { name: "model", path: folder }, context: {} });
  run.post({ type: "artifact", artifact: { name: "gone", path: "/no/such" }, context: {} });
  await run.complete(tracker);
  const [row] = readInbox(run.dir);
  assert.equal(Object.keys(row?.metrics ?? {}), ["batch/0", "batch/1"]);
  const image = row?.metrics["batch/0"] as Record<string, string>;
  assert.equal([image._type, image.caption], ["trackio.image", "first"]);
  assert.match(String(image.file_path), /^proj\/a_b\/2\/[0-9a-f]{32}\.png$/);
  assert.ok(readFileSync(join(run.dir, "media", String(image.file_path))).includes("PNG"));
  const kept = join(run.dir, "media/proj/files/a_b/model/sub/weights.bin");
  assert.is(readFileSync(kept, "utf8"), "weights");
  assert.match(run.warnings.join("\n"), /cannot hold the image "bad"/);
  assert.match(run.warnings.join("\n"), /cannot hold the artifact "gone"/);
});

test("images and tables of one call belong to its row; a later one has a step of its own", async () => {
  const run = new Recording();
  const tracker = await run.open();
  const image = { data: new Uint8Array(4), shape: [2, 2] };
  const at = (later: number) => ({ wallTimeMs: run.startedMs + later });
  run.post({ type: "metrics", values: { m: 1 }, context: at(5) });
  run.post({ type: "images", values: { image }, context: at(5) });
  run.post({ type: "tables", values: { table: { columns: ["a"], rows: [[1]] } }, context: at(5) });
  run.post({ type: "images", values: { image }, context: at(9) });
  await run.complete(tracker);
  const steps = readInbox(run.dir).map(({ step }) => step);
  assert.equal(steps, [0, 0, 0, 1]);
});

test("without a step, values go behind the greatest one, also after a step back", async () => {
  const run = new Recording();
  for (const step of [3, undefined, 1, undefined, -1, 1.5]) run.log({ m: 1 }, step);
  await run.complete(await run.open());
  assert.equal(
    readInbox(run.dir).map(({ step }) => step),
    [3, 4, 1, 5, -1, 1.5],
  );
});

test("a run without values, and what was configured last, are there: an empty row holds it", async () => {
  const empty = new Recording();
  await empty.complete(await empty.open());
  const [row] = readInbox(empty.dir);
  assert.equal([row?.metrics, row?.step, row?.config?._Username], [{}, 0, null]);
  const run = new Recording();
  const tracker = await run.open();
  run.post({ type: "config", values: { a: 1, b: 1 } });
  run.log({ m: 1 }, 7);
  await run.deliver(tracker);
  tracker.tracker.updateConfig({ b: 2 });
  await run.complete(tracker);
  await tracker.finish();
  const rows = readInbox(run.dir);
  assert.equal(
    rows.map(({ step, config }) => [step, config?.a, config?.b]),
    [
      [7, 1, 1],
      [7, 1, 2],
    ],
  );
});

test("a process that goes on uses names of its own: what the dashboard may be reading is never replaced", async () => {
  const run = new Recording();
  const first = await run.open();
  for (let step = 0; step < 4; step++) run.log({ m: step }, step);
  await run.deliver(first, { to: 2 });
  const { state } = run;
  await run.deliver(first, { from: 2 });
  run.state = state; // killed before it was saved
  await run.deliver(await run.open(true), { from: 2 });
  const names = inboxFiles(run.dir);
  const writer = run.id.slice(0, 12);
  assert.equal(names, [
    ...[`${writer}0000/00000000.jsonl`, `${writer}0000/00000001.jsonl`],
    `${writer}0001/00000000.jsonl`,
  ]);
  const values = readInbox(run.dir).map(({ metrics }) => metrics.m);
  assert.equal(values, [0, 1, 2, 3], "the same records have the same ids");
});

test("the dashboard may take files, and its folder, away at any time", async () => {
  const run = new Recording();
  const tracker = await run.open();
  const imported: unknown[] = [];
  for (let step = 0; step < 5; step++) {
    run.log({ m: step }, step);
    await run.deliver(tracker);
    imported.push(...readInbox(run.dir).map(({ metrics }) => metrics.m));
    rmSync(join(run.dir, "inbox"), { recursive: true });
  }
  assert.equal(imported, [0, 1, 2, 3, 4]);
});

test("leaves no half file behind where the inbox cannot be written", async () => {
  const run = new Recording();
  const tracker = await run.open();
  run.log({ m: 1 }, 0);
  writeFileSync(run.dir, "a file");
  let error: Error | undefined;
  await run.deliver(tracker).catch((reason: Error) => {
    error = reason;
  });
  assert.is(error?.name, "TrackerUnreachableError");
  assert.match(error?.message ?? "", "The folder of Trackio cannot be written");
  rmSync(run.dir);
  await run.complete(tracker);
  assert.is(readInbox(run.dir).length, 1);
  assert.is(readdirSync(join(run.dir, "inbox")).length, 1);
  assert.not(existsSync(join(run.dir, "media")));
});

type Figures = { readonly metrics: { readonly curve: Record<string, string> } };

test("a figure is a page that the row names", async () => {
  const run = new Recording();
  const tracker = await run.open();
  const values = { curve: { type: "plotly", spec: { data: [{ y: [1, 2] }] } } } as const;
  run.post({ type: "figures", values: structuredClone(values) as never, context: { step: 2 } });
  await run.complete(tracker);
  const [row] = readInbox(run.dir);
  const { _type, file_path, caption } = (row as unknown as Figures).metrics.curve;
  assert.equal([_type, caption, row?.step], ["trackio.html", null, 2]);
  assert.match(String(file_path), /\/2\/[0-9a-f]+\.html$/);
});

test.run();
