import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { FILLED_ROWS, fill, KEY, onlineSuite, rowsOf, runOf, start } from "./online-suite.ts";
import { looseParse } from "./read-run.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const test = onlineSuite("W&B online: what a server holds");

test("records a run: configuration, rows, summary, files, end", async ({ stub }) => {
  const options = {
    ...{ name: "first", group: "grp", jobType: "train", tags: ["a", "b"], notes: "some notes" },
  };
  const recording = await start(stub, options);
  assert.is(stub.requests.length, 0);
  fill(recording);
  await recording.deliverRest(4);
  recording.post({ type: "config", values: { late: true } });
  await recording.finish();
  const run = runOf(stub);
  assert.equal(rowsOf(stub), FILLED_ROWS);
  assert.equal(run.config.lr, { value: 0.1 });
  assert.equal(run.config.deep, { value: { a: [1, null] } });
  assert.equal(run.config.late, { value: true });
  const client = run.config._wandb?.value as { t?: object } | undefined;
  assert.ok(client?.t);
  const summary = looseParse(run.summary ?? "") as Record<string, unknown>;
  assert.equal([summary.m, summary.nan, summary._step], [9, "NaN", 9]);
  assert.equal([run.complete, run.exitcode, run.offsetErrors], [true, 0, []]);
  assert.equal(
    [run.displayName, run.group, run.jobType, run.tags, run.notes],
    ["first", "grp", "train", ["a", "b"], "some notes"],
  );
  const files = ["config.yaml", "wandb-metadata.json", "wandb-summary.json"];
  assert.equal(Object.keys(run.files).sort(), files);
  assert.equal([...run.uploaded].sort(), files);
  const auth = `Basic ${Buffer.from(`api:${KEY}`).toString("base64")}`;
  for (const { method, headers } of stub.requests) {
    assert.is(headers.authorization, method === "PUT" ? undefined : auth);
    if (method === "POST") assert.is(headers["content-type"], "application/json");
  }
  const native = recording.tracker.tracker;
  assert.equal(
    [native.id, native.name, native.project, native.entity],
    ["run1", "first", "proj", "acc"],
  );
  assert.is(native.url, `${stub.url}/acc/proj/runs/run1`);
  assert.not.match(JSON.stringify(recording.state), KEY);
  assert.equal(stub.state.unknown, []);
  const sent = stub.requests.length;
  await recording.finish();
  assert.is(stub.requests.length, sent);
});

test("images, tables and artifacts", async ({ stub }) => {
  const dir = temporaryFolder();
  const recording = await start(stub, {}, dir);
  const image = { data: Uint8Array.from({ length: 72 }, (_, i) => i), shape: [4, 6, 3] };
  recording.post({ type: "images", values: { img: image }, context: recording.context(0) });
  recording.post({
    type: "tables",
    values: { tab: { columns: ["i"], rows: [[1]] } },
    context: recording.context(0),
  });
  writeFileSync(join(dir, "note.txt"), "hello\n");
  recording.tracker.tracker.logArtifact(join(dir, "note.txt"), {
    ...{ name: "my notes", type: "dataset", aliases: ["best"], metadata: { k: 1 } },
  });
  await recording.finish();
  const [row] = rowsOf(stub) as Record<string, Record<string, unknown>>[];
  const run = runOf(stub);
  for (const key of ["img", "tab"]) {
    const { path, sha256, size } = row?.[key] ?? {};
    const file = run.files[String(path)];
    assert.equal([file?.sha256, file?.bytes], [sha256, size]);
    assert.ok(run.uploaded.includes(String(path)));
  }
  const [table, artifact, ...more] = Object.values(stub.state.artifacts);
  assert.is(more.length, 0);
  assert.equal(
    [table?.state, table?.artifactCollectionName, table?.artifactTypeName],
    ["COMMITTED", "run-run1-tab", "run_table"],
  );
  assert.match(
    String(row?.tab?.artifact_path),
    /^wandb-client-artifact:\/\/[0-9a-z]{128}\/tab\.table\.json$/,
  );
  assert.is(artifact?.state, "COMMITTED");
  assert.is(artifact?.artifactCollectionName, "my_notes");
  assert.is(artifact?.artifactTypeName, "dataset");
  assert.is(artifact?.digest, "d8f0cde92404553fadacfdad21a28e4b"); // the official client's for this file
  assert.equal(
    artifact?.aliases.map(({ alias }) => alias),
    ["latest", "best"],
  );
  assert.is(artifact?.metadata, '{"k":1}');
  assert.is(artifact?.files["note.txt"]?.text, "hello\n");
});

test("an alert is sent once, whatever fails behind it; the code is an artifact", async ({
  stub,
}) => {
  const dir = temporaryFolder();
  const recording = await start(stub, {}, dir);
  const native = recording.tracker.tracker;
  writeFileSync(join(dir, "train.ts"), "train();\n");
  native.alert("Loss", "is high", { level: "ERROR", waitSeconds: 0 });
  native.logCode(join(dir, "train.ts"));
  recording.log({ m: 1 }, 0);
  recording.log({ m: 2 }, 1); // sends the row before it
  const invalid = /VALUE_INVALID|level must be one of INFO, WARN, ERROR/;
  assert.throws(() => native.alert("a", "b", { level: "info" as "INFO" }), invalid);
  assert.throws(() => native.alert("a", "b", { waitSeconds: -1 }), /at least 0, got -1/);
  assert.throws(() => native.logCode(join(dir, "none.ts")), /no file or folder/);
  assert.throws(() => native.logCode(), /no script is known/);
  stub.addFault({ match: "file_stream", times: 1, status: 500 });
  const failed = await recording.deliverRest().then(
    () => false,
    () => true,
  );
  assert.ok(failed);
  await recording.deliverRest();
  await recording.finish();
  const [alert, ...others] = stub.state.alerts;
  assert.equal(others, []);
  assert.equal(
    [alert?.entityName, alert?.projectName, alert?.runName, alert?.title, alert?.text],
    ["acc", "proj", "run1", "Loss", "is high"],
  );
  assert.equal([alert?.severity, alert?.waitDuration], ["ERROR", 0]);
  const [code] = Object.values(stub.state.artifacts);
  assert.is(code?.artifactTypeName, "code");
  assert.match(code?.artifactCollectionName ?? "", /^source-proj-.*train\.ts$/);
  assert.ok(Object.hasOwn(code?.files ?? {}, "train.ts"));
});

test.run();
