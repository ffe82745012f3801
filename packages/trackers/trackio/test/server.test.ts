import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { Recording } from "./recording.ts";
import { serverSuite } from "./server-suite.ts";
import { TrackioServer } from "./trackio-server.ts";

const test = serverSuite("Trackio: a run at a server");

test("has its rows, configuration, system metrics and alerts", async ({ server }) => {
  const run = Recording.at(server);
  const tracker = await run.open();
  run.post({ type: "config", values: { lr: 0.1 } });
  run.log({ loss: 0.5 }, 0);
  run.post({ type: "config", values: { lr: 0.2 } });
  run.log({ loss: 0.25 }, 1);
  tracker.tracker.alert("Look");
  tracker.tracker.logSystem({ load: 1 });
  await run.complete(tracker);
  const rows = [...server.rows.values()].map(({ project, run: name, step, metrics }) => [
    ...[project, name, step, metrics],
  ]);
  assert.equal(rows, [
    ["proj", "run 1", 0, { loss: 0.5 }],
    ["proj", "run 1", 1, { loss: 0.25 }],
  ]);
  assert.is(server.configs.get(run.id)?.lr, 0.2, "of two in one request a server takes the first");
  assert.equal(
    [...server.alerts.values()].map(({ title, step }) => [title, step]),
    [["Look", 1]],
  );
  assert.equal(
    [...server.system.values()].map(({ metrics }) => metrics),
    [{ load: 1 }],
  );
  assert.is(tracker.tracker.url, `${server.url}/?project=proj`);
  assert.is(tracker.tracker.id, run.id);
});

test("has its images under the name that the row has", async ({ server }) => {
  const run = Recording.at(server, { name: "a/b" });
  const image = { data: new Uint8Array(4), shape: [2, 2] };
  run.post({ type: "images", values: { image }, context: { step: 3 } });
  await run.complete(await run.open());
  const [row] = server.rows.values();
  const value = row?.metrics.image as { file_path: string } | undefined;
  assert.match(String(value?.file_path), /^proj\/a_b\/3\//);
  assert.ok(server.media.get(String(value?.file_path))?.includes("PNG"));
});

test("has its artifacts as versions; a content that is there is not sent again", async ({
  server,
}) => {
  const run = Recording.at(server);
  const folder = join(run.folder, "model");
  mkdirSync(folder);
  for (const name of ["a.bin", "b.bin", "c.bin"]) writeFileSync(join(folder, name), name);
  writeFileSync(join(folder, "same.bin"), "a.bin");
  const artifact = { name: "my model", path: folder, type: "model" };
  const context = { options: { aliases: ["best"], metadata: { loss: 0.5 } } };
  for (const _ of [1, 2]) run.post({ type: "artifact", artifact, context });
  mkdirSync(join(run.folder, "empty"));
  const empty = { name: "empty", path: join(run.folder, "empty") };
  run.post({ type: "artifact", artifact: empty, context: {} });
  const tracker = await run.open();
  await run.complete(tracker);
  const [version, ...others] = server.artifacts;
  assert.is(others.length, 0);
  const { type, aliases, metadata, run_id, manifest } = version?.fields ?? {};
  assert.equal([type, aliases, metadata, run_id], ["model", ["best"], { loss: 0.5 }, run.id]);
  const paths = (manifest as { path: string }[]).map(({ path }) => path);
  assert.equal(paths, ["a.bin", "b.bin", "c.bin", "same.bin"]);
  assert.is(server.calls.filter(({ path }) => path === "/api/upload").length, 3);
  assert.match(run.warnings.join("\n"), /cannot hold the artifact "empty"/);
});

test("is there once, wherever a delivery breaks off", async ({ server }) => {
  const whole = Recording.at(server);
  const post = (run: Recording): void => {
    const image = { data: new Uint8Array(4), shape: [2, 2] };
    run.post({ type: "config", values: { lr: 0.1 } });
    for (let step = 0; step < 3; step++) run.log({ m: step }, step);
    run.post({ type: "images", values: { image }, context: { step: 3 } });
    run.post({ type: "call", method: "alert", args: ["Look", null, "warn"], context: {} });
  };
  post(whole);
  await whole.complete(await whole.open());
  const requests = server.calls.length;
  for (const fault of ["reset", "reset after"] as const) {
    for (let at = 0; at < requests; at++) {
      const other = await TrackioServer.start();
      const run = Recording.at(other);
      post(run);
      let count = 0;
      other.fault = () => (count++ === at ? fault : undefined);
      await run.complete(await run.open()).then(
        () => assert.unreachable("the fault was not met"),
        () => {},
      );
      other.forgetStaged();
      await run.complete(await run.open(true));
      const steps = [...other.rows.values()].map(({ step }) => step);
      assert.equal([steps, other.alerts.size, other.media.size], [[0, 1, 2, 3], 1, 1]);
      await other.close();
    }
  }
});

test("many values are several requests, and each is there", async ({ server }) => {
  const run = Recording.at(server);
  for (let step = 0; step < 1200; step++) run.log({ m: step }, step);
  run.log({ text: "x".repeat(1_500_000) }, 1200);
  await run.complete(await run.open());
  assert.is(server.rows.size, 1201);
  assert.is(server.calls.filter(({ path }) => path === "/api/bulk_log").length, 4);
});

test.run();
