import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FigureData } from "@acc/core";
import * as assert from "uvu/assert";
import { Recording } from "./recording.ts";
import { stubSuite } from "./stub-suite.ts";

const test = stubSuite("what an MLflow run holds");

test("makes one experiment and one run, and says how it ended", async ({ server, uri }) => {
  const recording = new Recording();
  const tracker = await recording.open({ trackingUri: uri, runName: "r", tags: { team: "a" } });
  assert.is(server.requests.length, 0, "start asks no server");
  recording.log({ type: "metrics", values: { loss: 1 }, context: {} });
  await recording.deliver(tracker);
  assert.is(tracker.tracker.runId, [...server.runs.keys()][0]);
  await tracker.finish("failure");
  await tracker.finish("failure");
  const [run] = server.runs.values();
  assert.is(server.runs.size, 1);
  assert.is(run?.status, "FAILED");
  assert.ok((run?.endTime ?? 0) > 1_700_000_000_000);
  assert.is(run?.tags.team, "a");
  assert.equal(run?.metrics, { loss: ["0 1 1700000000000"] });
});

test("a run that logs nothing exists nevertheless", async ({ server, uri }) => {
  const tracker = await new Recording().open({ trackingUri: uri });
  await tracker.finish("success");
  assert.equal(
    [...server.runs.values()].map(({ status }) => status),
    ["FINISHED"],
  );
});

test("only a refused value is left out, and that is reported", async ({ server, uri }) => {
  const recording = new Recording();
  const tracker = await recording.open({ trackingUri: uri });
  const values = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`m${i}`, i]));
  recording.log({ type: "metrics", values: { ...values, bad: 1, last: 2 }, context: {} });
  await recording.deliver(tracker);
  await tracker.finish("success");
  const [run] = server.runs.values();
  assert.is(Object.keys(run?.metrics ?? {}).length, 41);
  assert.is(recording.warnings.length, 2, recording.warnings.join("\n"));
  assert.match(recording.warnings[0] ?? "", /the metric "bad": Invalid value/);
  assert.match(recording.warnings[1] ?? "", /the metric "bad" 1 times/);
});

test("heeds the length that an older server allows parameters", async ({ server, uri }) => {
  server.maxParamLength = 500;
  const recording = new Recording();
  const tracker = await recording.open({ trackingUri: uri });
  recording.post({ type: "config", values: { lr: 1, long: "y".repeat(600), other: "z" } });
  recording.post({ type: "config", values: { longer: "w".repeat(700) } });
  await recording.deliver(tracker);
  const [run] = server.runs.values();
  assert.is(run?.params.long, `${"y".repeat(499)}…`);
  assert.is(run?.params.longer, `${"w".repeat(499)}…`);
  assert.is(run?.params.other, "z");
  const held = [...server.artifacts].map(([path, bytes]) => [
    path.split("artifacts/")[1],
    bytes.length,
  ]);
  assert.equal(held.slice(0, 1), [["params/long.txt", 600]]);
});

test("a changed parameter becomes a tag", async ({ server, uri }) => {
  const recording = new Recording();
  const tracker = await recording.open({ trackingUri: uri });
  recording.post({ type: "config", values: { lr: 1, other: 2 } });
  recording.post({ type: "config", values: { lr: 0.5, third: 3 } });
  await recording.deliver(tracker);
  const [run] = server.runs.values();
  assert.equal(run?.params, { lr: "1", other: "2", third: "3" });
  assert.is(run?.tags["param.lr"], "0.5");
  assert.match(recording.warnings.join("\n"), /parameters never change/);
});

test("goes on with a run by its id", async ({ server, uri }) => {
  const first = new Recording();
  const tracker = await first.open({ trackingUri: uri });
  first.log({ type: "metrics", values: { loss: 1 }, context: {} }, 0);
  first.log({ type: "tables", values: { a: { columns: ["x"], rows: [[1]] } }, context: {} }, 0);
  await first.deliver(tracker);
  await tracker.finish("failure");
  const runId = tracker.tracker.runId ?? "";
  const second = new Recording();
  const next = await second.open({ trackingUri: uri, runId });
  second.log({ type: "metrics", values: { loss: 0.5 }, context: {} }, 1);
  second.log({ type: "tables", values: { b: { columns: ["x"], rows: [[1]] } }, context: {} }, 0);
  await second.deliver(next);
  assert.is(server.runs.get(runId)?.status, "RUNNING");
  await next.finish("success");
  const run = server.runs.get(runId);
  assert.is(server.runs.size, 1);
  assert.is(run?.status, "FINISHED");
  assert.is(run?.metrics.loss?.length, 2);
  const listed = JSON.parse(run?.tags["mlflow.loggedArtifacts"] ?? "") as { path: string }[];
  assert.equal(
    listed.map(({ path }) => path),
    ["tables/a.json", "tables/b.json"],
  );
});

test("keeps files and folders, below the folder asked for", async ({ server, uri }) => {
  const recording = new Recording();
  const tracker = await recording.open({ trackingUri: uri });
  const folder = join(recording.folder, "many");
  mkdirSync(join(folder, "s"), { recursive: true });
  writeFileSync(join(folder, "a.txt"), "a");
  writeFileSync(join(folder, "s/ü #1.txt"), "b");
  writeFileSync(join(folder, "large.bin"), Buffer.alloc(5_000_000, 7));
  const run = tracker.tracker;
  run.logArtifact(folder);
  run.logArtifact(join(folder, "a.txt"), "../../up");
  run.logArtifacts(folder, "all");
  run.logText("text", "notes/n.txt");
  run.logDict({ a: [1, null] }, "d.json");
  run.logFigure("<svg/>", "plots/f.svg");
  run.logFigure(Uint8Array.of(1, 2), "plots/f.bin");
  run.logImage({ data: new Uint8Array(4), shape: [2, 2] }, "plots/p.png");
  run.logTable([{ id: 1 }, { id: 2, x: "y" }], "my/table.json");
  assert.throws(() => run.logArtifact("missing.txt"), /There is no file or folder/);
  await recording.deliver(tracker);
  const sizes = Object.fromEntries(
    [...server.artifacts].map(([path, bytes]) => [path.split("/artifacts/")[1], bytes.length]),
  );
  const png = sizes["plots/p.png"];
  assert.ok((png ?? 0) > 50);
  assert.equal(sizes, {
    "many/a.txt": 1,
    "many/large.bin": 5_000_000,
    "many/s/ü _1.txt": 1,
    "__/__/up/a.txt": 1,
    "all/a.txt": 1,
    "all/large.bin": 5_000_000,
    "all/s/ü _1.txt": 1,
    "notes/n.txt": 4,
    "d.json": 32,
    "plots/f.svg": 6,
    "plots/f.bin": 2,
    "plots/p.png": png,
    "my/table.json": 48,
  });
});

test("the native object sets parameters, tags and the end", async ({ server, uri }) => {
  const recording = new Recording();
  const tracker = await recording.open({ trackingUri: uri });
  const run = tracker.tracker;
  assert.is(run.runId, undefined);
  run.logParam("deep", { a: [true, "x"] });
  run.setTag("t", 1);
  run.setTag("long", "x".repeat(6000));
  run.setTag("gone", "soon");
  run.deleteTag("gone");
  run.logMetric("m", 0.5, 3, 1_700_000_000_123);
  run.endRun("KILLED");
  const id = run.waitForRunId();
  await recording.deliver(tracker);
  await tracker.finish("success");
  const held = server.runs.get(await id);
  assert.is(held?.params.deep, "{'a': [True, 'x']}");
  assert.is(held?.tags.t, "1");
  assert.is(held?.tags.long?.length, 5000);
  assert.not.ok("gone" in (held?.tags ?? {}));
  assert.equal(held?.metrics, { m: ["3 0.5 1700000000123"] });
  assert.is(held?.status, "KILLED");
  assert.ok([...server.artifacts.keys()].some((path) => path.endsWith("/tags/long.txt")));
});

test("waitForRunId gives up in time", async () => {
  const tracker = await new Recording().open({});
  const error = await tracker.tracker.waitForRunId(20).catch((error: unknown) => error);
  assert.match((error as Error).message, /not opened the run within 20 ms/);
});

test("a figure is a page that the artifact view shows, and one of each step with its JSON", async ({
  server,
  uri,
}) => {
  const recording = new Recording();
  const tracker = await recording.open({ trackingUri: uri });
  const spec = { mark: "bar", data: { values: [{ a: 1 }] } };
  const values: Record<string, FigureData> = { "a/bars": { type: "vega-lite", spec } };
  recording.log({ type: "figures", values, context: {} }, 4);
  await recording.deliver(tracker);
  const uploads = server.requests.filter(({ method }) => method === "PUT").map(({ path }) => path);
  const names = uploads.map((path) => path.slice(path.indexOf("figures/"))).sort();
  const bars = "figures/a~bars";
  assert.equal(names, [`${bars}.html`, `${bars}/step_4_0.html`, `${bars}/step_4_0.vega-lite.json`]);
});

test.run();
