import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TrackerUnreachableError } from "@acc/core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Heartbeat } from "../src/heartbeat.ts";
import type { WandbOptions } from "../src/wandb-options.ts";
import { type Fault, type Stub, type StubRun, startStub } from "./fixtures/vectors/stub.mjs";
import { looseParse } from "./read-run.ts";
import { Recording } from "./recording.ts";

const test = suite<{ stub: Stub }>("W&B online");
const temporary = () => mkdtempSync(join(tmpdir(), "acc-wandb-"));
const KEY = "0123456789abcdef0123456789abcdef01234567";
for (const name of Object.keys(process.env))
  if (name.startsWith("WANDB_")) delete process.env[name];

test.before.each(async (context) => {
  context.stub = await startStub();
});
test.after.each(({ stub }) => stub.close());

function start(stub: Stub, options: WandbOptions = {}, dir = temporary()): Promise<Recording> {
  const common = { baseUrl: stub.url, apiKey: KEY, id: "run1", transmitIntervalMs: 0 };
  return Recording.start(dir, { ...common, ...options });
}

function runOf(stub: Stub): StubRun {
  const [run, ...more] = Object.values(stub.state.runs);
  if (!run || more.length > 0) throw new Error(`${more.length + (run ? 1 : 0)} runs at the server`);
  return run;
}

/** Rows without their clock. */
function rowsOf(stub: Stub): unknown[] {
  return runOf(stub).history.map((line) => {
    const { _timestamp, _runtime, ...row } = looseParse(line) as Record<string, unknown>;
    return row;
  });
}

/** Tries as the hub does until the server takes it. */
async function untilDelivered(recording: Recording, size?: number): Promise<number> {
  for (let failures = 0; failures < 20; failures++) {
    try {
      await recording.deliver(size);
      await recording.finish();
      return failures;
    } catch (error) {
      if (!(error instanceof TrackerUnreachableError) || error.permanent) throw error;
    }
  }
  throw new Error("not delivered after 20 attempts");
}

function fill(recording: Recording): void {
  recording.post({ type: "config", values: { lr: 0.1, deep: { a: [1, null] } } });
  for (let step = 0; step < 10; step++) {
    recording.log({ m: step, nan: Number.NaN }, step);
    recording.log({ n: step });
  }
}

const expectedRows = Array.from({ length: 10 }, (_, step) => ({
  ...{ m: step, nan: "NaN", n: step, _step: step },
}));

test("records a run: configuration, rows, summary, files, end", async ({ stub }) => {
  const options = {
    ...{ name: "first", group: "grp", jobType: "train", tags: ["a", "b"], notes: "some notes" },
  };
  const recording = await start(stub, options);
  assert.is(stub.requests.length, 0);
  fill(recording);
  await recording.deliver(4);
  recording.post({ type: "config", values: { late: true } });
  await recording.finish();
  const run = runOf(stub);
  assert.equal(rowsOf(stub), expectedRows);
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
  assert.not.match(JSON.stringify(recording.saved), KEY);
  assert.equal(stub.state.unknown, []);
  const sent = stub.requests.length;
  await recording.finish();
  assert.is(stub.requests.length, sent);
});

test("images, tables and artifacts", async ({ stub }) => {
  const dir = temporary();
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

const faults: Record<string, Fault[]> = {
  "is down for two requests": [{ match: "graphql", status: 503, times: 2 }],
  "refuses lines for a while": [{ match: "file_stream", status: 500, times: 3 }],
  "resets connections": [
    { match: "file_stream", reset: true, times: 2 },
    { match: "UpsertBucket", reset: true },
  ],
  "loses its answers": [
    { match: "file_stream", lose_reply: true, skip: 1, times: 3 },
    { match: "UpsertBucket", lose_reply: true },
    { match: "PUT", lose_reply: true },
  ],
  "answers garbage": [
    { match: "file_stream", bad_json: true, skip: 2, times: 2 },
    { match: "UpsertBucket", bad_json: true },
    { match: "CreateRunFiles", bad_json: true },
  ],
  "answers with GraphQL errors": [
    { match: "UpsertBucket", graphql_errors: [{ message: "try again" }], times: 2 },
  ],
};
for (const [name, list] of Object.entries(faults)) {
  test(`every row is there once when the server ${name}`, async ({ stub }) => {
    for (const fault of list) stub.addFault(fault);
    const recording = await start(stub);
    fill(recording);
    const failures = await untilDelivered(recording, 3);
    assert.ok(failures > 0);
    const run = runOf(stub);
    assert.equal(rowsOf(stub), expectedRows);
    assert.equal([run.complete, run.exitcode, run.offsetErrors], [true, 0, []]);
    assert.equal(looseParse(run.summary ?? "{}"), {
      ...(looseParse(run.summary ?? "{}") as object),
      ...{ m: 9, n: 9, _step: 9 },
    });
  });
}

test("a server that hangs is given up when time is up, and gets everything later", async ({
  stub,
}) => {
  stub.addFault({ match: "file_stream", hang: true });
  const recording = await start(stub);
  fill(recording);
  const failure = await recording.tracker
    .deliver(recording.events, AbortSignal.timeout(300))
    .catch((error: unknown) => error);
  assert.instance(failure, TrackerUnreachableError);
  await recording.restart();
  await recording.finish();
  assert.equal(rowsOf(stub), expectedRows);
  assert.equal(runOf(stub).offsetErrors, []);
});

test("a server that asks to wait is waited for as long as it says", async ({ stub }) => {
  stub.addFault({ match: "UpsertBucket", status: 429, headers: { "retry-after": "7" } });
  const recording = await start(stub);
  recording.log({ m: 1 });
  try {
    await recording.deliver();
    assert.unreachable();
  } catch (error) {
    assert.is((error as TrackerUnreachableError).retryAfterMs, 7000);
  }
});

test("a process that dies after any delivery leaves a run that another completes", async ({
  stub,
}) => {
  for (let death = 1; death <= 21; death += 4) {
    const recording = await start(stub, { id: `killed-${death}` });
    fill(recording);
    // Delivered, but nobody saved that it was.
    await recording.tracker.deliver(recording.events.slice(0, death), AbortSignal.timeout(5000));
    await recording.restart();
    await recording.deliver(5);
    await recording.restart();
    await recording.finish("failure");
    const run = stub.state.runs[`acc/proj/killed-${death}`];
    const rows = run?.history.map((line) => (looseParse(line) as { _step: number })._step);
    assert.equal(rows, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], `died after ${death}`);
    assert.equal([run?.offsetErrors, run?.exitcode], [[], 1]);
  }
});

test("an artifact is recorded once, whatever comes in between", async ({ stub }) => {
  const dir = temporary();
  const recording = await start(stub, {}, dir);
  writeFileSync(join(dir, "note.txt"), "hello\n");
  recording.tracker.tracker.logArtifact(join(dir, "note.txt"));
  recording.log({ m: 1 });
  stub.addFault({ match: "file_stream", status: 500 });
  await untilDelivered(recording);
  assert.is(Object.keys(stub.state.artifacts).length, 1);
  // Refused for good: this event fails alone, and the hub counts it.
  const refused = await start(stub, { id: "run2" }, dir);
  stub.addFault({
    match: "CreateArtifact",
    graphql_errors: [{ message: "no such type" }],
    times: -1,
  });
  refused.tracker.tracker.logArtifact(join(dir, "note.txt"));
  try {
    await refused.deliver();
    assert.unreachable();
  } catch (error) {
    assert.not.instance(error, TrackerUnreachableError);
    assert.match((error as Error).message, "no such type");
  }
});

test("resume: goes on behind the last step, with the summary and the configuration", async ({
  stub,
}) => {
  const first = await start(stub, { tags: ["a"] });
  first.post({ type: "config", values: { lr: 0.1, old: [1, Number.NaN] } });
  first.log({ m: 1, big: 2n ** 60n, inf: Infinity }, 4);
  await first.finish();
  for (const resume of ["allow", "must"] as const) {
    const next = await start(stub, { resume });
    next.post({ type: "config", values: { lr: 0.2 } });
    next.log({ m: resume });
    next.log({ m: 3 });
    await next.deliver(1);
    await next.restart(); // by now the server has a row of its own
    await next.finish();
  }
  const run = runOf(stub);
  assert.equal(
    rowsOf(stub).map((row) => (row as { _step: number })._step),
    [4, 5, 6, 7, 8],
  );
  assert.equal([run.offsetErrors, run.tags], [[], ["a"]]);
  assert.equal(run.config.old, { value: [1, "NaN"] });
  assert.equal(run.config.lr, { value: 0.2 });
  assert.match(run.summary ?? "", '"big":1152921504606846976');
  assert.match(run.summary ?? "", '"inf":Infinity');
});

test("resume must without a run, and never with one, wait in the journal with advice", async ({
  stub,
}) => {
  const first = await start(stub);
  first.log({ m: 1 });
  await first.finish();
  for (const [id, resume] of [
    ["absent", "must"],
    ["run1", "never"],
  ] as const) {
    const recording = await start(stub, { id, resume });
    recording.log({ m: 2 });
    try {
      await recording.deliver();
      assert.unreachable();
    } catch (error) {
      assert.instance(error, TrackerUnreachableError);
      assert.is((error as TrackerUnreachableError).permanent, true);
      assert.match((error as Error).message, 'resume "allow"');
    }
  }
  assert.is(runOf(stub).history.length, 1);
  const never = await start(stub, { id: "new", resume: "never" });
  never.log({ m: 2 });
  await never.deliver();
  await never.restart(); // the run is there now, but it is its own
  await never.finish();
  assert.is(stub.state.runs["acc/proj/new"]?.complete, true);
});

test("resume auto: the next run of the folder goes on until one ends well", async ({ stub }) => {
  const dir = temporary();
  const ids: string[] = [];
  for (const status of ["failure", "success", "success"] as const) {
    const recording = await Recording.start(dir, {
      ...{ baseUrl: stub.url, apiKey: KEY, resume: "auto", transmitIntervalMs: 0 },
    });
    recording.log({ m: 1 });
    await recording.finish(status);
    ids.push(recording.tracker.tracker.id);
  }
  assert.is(ids[0], ids[1]);
  assert.is.not(ids[1], ids[2]);
  assert.equal(readdirSync(join(dir, "wandb")), []);
});

test("without a key, or with one that is refused, the events wait", async ({ stub }) => {
  const home = process.env.HOME;
  process.env.HOME = temporary();
  try {
    const recording = await Recording.start(temporary(), { baseUrl: stub.url });
    recording.log({ m: 1 });
    const failure = await recording.deliver().catch((error: unknown) => error);
    assert.instance(failure, TrackerUnreachableError);
    assert.is((failure as TrackerUnreachableError).permanent, true);
    assert.match((failure as Error).message, "WANDB_API_KEY");
    assert.is(stub.requests.length, 0);
    writeFileSync(
      join(process.env.HOME, ".netrc"),
      `machine other\n  login user\n  password wrong\nmachine 127.0.0.1 login user password ${KEY}\n`,
    );
    await recording.finish();
    assert.is(runOf(stub).complete, true);
    const auth = `Basic ${Buffer.from(`api:${KEY}`).toString("base64")}`;
    assert.is(stub.requests[0]?.headers.authorization, auth);
  } finally {
    process.env.HOME = home;
  }
  stub.addFault({ match: "UpsertBucket", status: 401 });
  const refused = await start(stub, { id: "run2" });
  refused.log({ m: 1 });
  const failure = await refused.deliver().catch((error: unknown) => error);
  assert.is((failure as TrackerUnreachableError).permanent, true);
  assert.not.match((failure as Error).message, KEY);
});

test("environment variables of W&B, read when the run begins", async ({ stub }) => {
  Object.assign(process.env, {
    ...{ WANDB_BASE_URL: stub.url, WANDB_API_KEY: KEY, WANDB_ENTITY: "team", WANDB_PROJECT: "a/b" },
    ...{ WANDB_NAME: "named", WANDB_RUN_ID: "id7", WANDB_TAGS: "x,y", WANDB_NOTES: "note" },
    ...{ WANDB_RUN_GROUP: "group", WANDB_JOB_TYPE: "eval", WANDB_RESUME: "allow" },
  });
  const recording = await Recording.start(temporary());
  for (const name of Object.keys(process.env)) {
    if (name.startsWith("WANDB_") && name !== "WANDB_API_KEY") delete process.env[name];
  }
  recording.log({ m: 1 });
  await recording.restart();
  await recording.finish();
  delete process.env.WANDB_API_KEY;
  const run = stub.state.runs["team/a-b/id7"];
  assert.equal(
    [run?.displayName, run?.tags, run?.notes, run?.group, run?.jobType, run?.complete],
    ["named", ["x", "y"], "note", "group", "eval", true],
  );
  assert.match(recording.warnings.join(), '"a-b"');
});

test("options that cannot be are refused before anything starts", async ({ stub }) => {
  const bad: WandbOptions[] = [
    { mode: "shared" as "online" },
    { resume: "maybe" as "must" },
    { id: "a/b" },
    { id: "" },
    { baseUrl: "no url" },
    { baseUrl: "http://user:secret@host" },
  ];
  for (const options of bad) {
    const failure = await start(stub, options).catch((error: unknown) => error);
    assert.is((failure as { code?: string }).code, "OPTION_INVALID", JSON.stringify(options));
    assert.not.match((failure as Error).message, "secret");
  }
});

test("a run that is stopped in the browser is told so once", async ({ stub }) => {
  const recording = await start(stub);
  recording.log({ m: 1 }, 0);
  await recording.deliver();
  runOf(stub).stopped = true;
  recording.log({ m: 1 }, 1);
  recording.log({ m: 1 }, 2);
  await recording.deliver(1);
  assert.is(recording.warnings.filter((text) => /stopped in the browser/.test(text)).length, 1);
  await recording.finish();
});

test("signs of life while nothing is logged; a busy run sends none", async () => {
  const heartbeat = new Heartbeat(20);
  let beats = 0;
  await new Promise<void>((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error("no heartbeat within 5 s")), 5000);
    const beat = async () => {
      beats++;
      if (beats < 3) throw new Error("down");
      clearTimeout(limit);
      resolve();
    };
    heartbeat.start(() => 0, beat);
  });
  heartbeat.stop();
  assert.is(beats, 3);
  const busy = new Heartbeat(5);
  let busyBeats = 0;
  busy.start(Date.now, async () => {
    busyBeats++;
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  busy.stop();
  assert.is(busyBeats, 0);
});

test("an open run does not keep the process alive", async ({ stub }) => {
  const script = fileURLToPath(new URL("fixtures/open-run.ts", import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, script, stub.url, temporary()], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const code = await new Promise((resolve) => {
    const limit = setTimeout(() => child.kill("SIGKILL"), 15_000);
    child.on("close", (exit) => {
      clearTimeout(limit);
      resolve(exit);
    });
  });
  assert.is(code, 0);
  assert.is(runOf(stub).history.length, 1);
});

test.run();
