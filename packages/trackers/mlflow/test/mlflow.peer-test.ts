import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { TrackerUnreachableError } from "@acc/core/tracker";
import { pythonOf } from "@acc/test-kit/peers/python";
import { type MlflowServer, startMlflowServer } from "@acc/test-kit/servers/mlflow-server";
import { type ReadRun, readRuns } from "@acc/test-kit/servers/read-mlflow";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Recording, START_MS } from "./recording.ts";

const test = suite("MLflow server");
const python = pythonOf("packages/trackers/mlflow/test/fixtures/requirements.txt");
const run = python ? test : test.skip; // the installer has reported why it could not be installed
let server: MlflowServer;

test.before(async () => {
  if (python) server = await startMlflowServer(python);
});
test.after(async () => {
  await server?.remove();
});

const read = (experiment: string) => readRuns(python as string, server.uri, experiment);

async function readOne(experiment: string): Promise<ReadRun> {
  const [first, ...others] = await read(experiment);
  assert.equal(others, []);
  return first as ReadRun;
}

async function artifact(path: string, runId: string | undefined): Promise<string> {
  const url = `${server.uri}/get-artifact?run_uuid=${runId}&path=${encodeURIComponent(path)}`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(20_000) });
  assert.is(answer.status, 200, path);
  return answer.text();
}

run("holds every kind of value, under a name that it takes", async () => {
  const projectName = 'it\'s "quoted" / ü';
  const recording = new Recording();
  const tracker = await recording.open(
    { trackingUri: server.uri, runName: "all", tags: { team: "a" }, description: "**note**" },
    { projectName },
  );
  const opt = { name: "adam", tiny: 1e-5 };
  const when = new Date(0);
  const config = { lr: 0.1, amp: true, none: null, layers: [1, 2], opt, when, nan: Number.NaN };
  recording.post({ type: "config", values: { ...config, "bad key?": 1, long: "x".repeat(6001) } });
  const log = (values: Record<string, never>, step?: number) =>
    recording.log({ type: "metrics", values, context: {} }, step);
  const any = (values: object) => values as Record<string, never>;
  log(any({ loss: 1, train: { acc: 0.5 }, ok: true, big: 12n, one: Float32Array.of(4) }), 0);
  log(any({ loss: 0.5, nan: Number.NaN, inf: Infinity, ninf: -Infinity }));
  log(any({ text: "a\ud800b", list: [1, "a"], when, none: null, loss: 0.25 }), 1.5);
  log(any({ text: "later", loss: 0.125 }), -1);
  const odd = { "a//b": 1, "/lead": 2, "../up": 3, "": 4, "a@b": 5, a_b: 6, "日本 µ": 7, "..x": 8 };
  log(any({ ...odd, "tr/": 9, "e😀": 10, ["k".repeat(1000)]: 11, "x/./y/": 12, "...": 13 }), 3);
  const context = { wallTimeMs: START_MS };
  for (let i = 0; i < 2; i++) recording.log({ type: "metrics", values: { same: 1 }, context }, 7);
  const table = {
    columns: ["id", "loss"],
    rows: [
      [1, 0.5],
      [2, null],
    ],
  };
  recording.log({ type: "tables", values: { errors: table }, context: {} }, 2);
  const tone = { kind: "audio", format: "wav", data: Buffer.from("RIFF") } as const;
  const page = { kind: "html", format: "html", data: Buffer.from("<b>1</b>") } as const;
  recording.log({ type: "media", values: { "eval/tone": tone, page }, context: {} }, 2);
  await recording.deliver(tracker);
  await tracker.finish("success");

  const found = await readOne(projectName);
  assert.is(found.status, "FINISHED");
  assert.is(found.start_time, START_MS);
  assert.is(found.name, "all");
  assert.equal(found.params, {
    ...{ lr: "0.1", amp: "True", none: "None", layers: "[1, 2]", nan: "nan" },
    ...{ "opt/name": "adam", "opt/tiny": "1e-05", when: "1970-01-01T00:00:00.000Z" },
    ...{ "bad key_": "1", long: `${"x".repeat(5999)}…` },
  });
  const { runId } = tracker.tracker;
  assert.is(JSON.parse(await artifact("config.json", runId)).long.length, 6001);
  const points = Object.fromEntries(
    Object.entries(found.metrics).map(([key, list]) => [key, list.map(([s, v]) => [s, v])]),
  );
  const longKey = Object.keys(points).find((key) => key.startsWith("kkk")) ?? "";
  assert.is(longKey.length, 250);
  assert.equal(points, {
    loss: [
      [-1, 0.125],
      [0, 1],
      [1, 0.5],
      [1, 0.25],
    ],
    "train/acc": [[0, 0.5]],
    ...{ ok: [[0, 1]], big: [[0, 12]], one: [[0, 4]], nan: [[1, "NaN"]] },
    ...{ inf: [[1, Number.MAX_VALUE]], ninf: [[1, -Number.MAX_VALUE]] },
    ...{ "a/b": [[3, 1]], lead: [[3, 2]], "__/up": [[3, 3]], _: [[3, 4]], a_b: [[3, 5]] },
    ...{ a_b_2: [[3, 6]], "日本 µ": [[3, 7]], "_.x": [[3, 8]], tr: [[3, 9]], e_: [[3, 10]] },
    ...{
      [longKey]: [[3, 11]],
      "x/y": [[3, 12]],
      "__.": [[3, 13]],
      same: [
        [7, 1],
        [7, 1],
      ],
    },
  });
  assert.is(found.tags.text, "later");
  assert.is(found.tags.list, '[1,"a"]');
  assert.is(found.tags.when, "1970-01-01T00:00:00.000Z");
  assert.is(found.tags["mlflow.note.content"], "**note**");
  assert.is(found.tags.team, "a");
  assert.is(found.tags["mlflow.source.type"], "LOCAL");
  assert.match(found.tags["mlflow.source.name"] ?? "", /train\.ts$/);
  assert.is(await artifact("texts/text/step_1_3.txt", runId), "a\ufffdb");
  assert.is(
    await artifact("tables/errors.json", runId),
    '{"columns":["id","loss"],"data":[[1,0.5],[2,null]]}',
  );
  const number = recording.events.length - 1;
  assert.is(await artifact(`media/eval~tone/step_2_${number}.wav`, runId), "RIFF");
  assert.is(await artifact(`media/page/step_2_${number}.html`, runId), "<b>1</b>");
  const said = recording.warnings.join("\n");
  assert.match(said, /cannot hold "none" \(null\)/);
  assert.match(said, /"none" \(null\) 1 times/);
  assert.match(said, /does not take the name "a@b": it is recorded as "a_b"/);
});

run("takes more than one request may hold", async () => {
  const recording = new Recording();
  const tracker = await recording.open({ trackingUri: server.uri }, { projectName: "limits" });
  const config = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`p${i}`, `v${i}`]));
  recording.post({ type: "config", values: config });
  const values = Object.fromEntries(Array.from({ length: 2500 }, (_, i) => [`m${i}`, i]));
  recording.log({ type: "metrics", values, context: {} });
  const tags = Object.fromEntries(
    Array.from({ length: 150 }, (_, i) => [`t${i}`, "x".repeat(i < 5 ? 9000 : 4999)]),
  );
  recording.log({ type: "call", method: "setTags", args: [tags], context: {} });
  await recording.deliver(tracker);
  await tracker.finish("success");
  const run = (await (
    await fetch(`${server.uri}/api/2.0/mlflow/runs/get?run_id=${tracker.tracker.runId}`)
  ).json()) as {
    run: {
      data: { metrics: unknown[]; params: unknown[]; tags: { key: string; value: string }[] };
    };
  };
  const { metrics, params, tags: held } = run.run.data;
  assert.is(metrics.length, 2500);
  assert.is(params.length, 250);
  const lengths = held.filter(({ key }) => /^t\d+$/.test(key)).map(({ value }) => value.length);
  assert.is(lengths.filter((length) => length === 5000).length, 5);
  assert.is(lengths.filter((length) => length === 4999).length, 145);
  assert.is((await artifact("tags/t4.txt", tracker.tracker.runId)).length, 9000);
  assert.equal(recording.warnings, []);
});

run("keeps parameters as they were first; another value is a tag", async () => {
  const recording = new Recording();
  const tracker = await recording.open({ trackingUri: server.uri }, { projectName: "params" });
  recording.post({ type: "config", values: { lr: 0.1, other: "a" } });
  await recording.deliver(tracker);
  recording.post({ type: "config", values: { lr: 0.2, other: "a", third: "" } });
  recording.log({ type: "metrics", values: { loss: 1 }, context: {} });
  await recording.deliver(tracker);
  await tracker.finish("success");
  const found = await readOne("params");
  assert.equal(found.params, { lr: "0.1", other: "a", third: "" });
  assert.is(found.tags["param.lr"], "0.2");
  assert.is(found.latest.loss, 1);
});

run("goes on with a run by its id, but not with one that is deleted or not there", async () => {
  const options = { trackingUri: server.uri };
  const first = new Recording();
  const tracker = await first.open(options, { projectName: "resume" });
  first.log({ type: "metrics", values: { loss: 1 }, context: {} }, 0);
  await first.deliver(tracker);
  await tracker.finish("failure");
  const runId = tracker.tracker.runId ?? "";
  const second = new Recording();
  const next = await second.open({ ...options, runId }, { projectName: "another" });
  second.log({ type: "metrics", values: { loss: 0.5 }, context: {} }, 1);
  await second.deliver(next);
  assert.is((await readOne("resume")).status, "RUNNING");
  await next.finish("success");
  const found = await readOne("resume");
  assert.is(found.status, "FINISHED");
  assert.equal(
    found.metrics.loss?.map(([step, value]) => [step, value]),
    [
      [0, 1],
      [1, 0.5],
    ],
  );

  const json = { method: "POST", headers: { "content-type": "application/json" } };
  const body = JSON.stringify({ run_id: runId });
  await fetch(`${server.uri}/api/2.0/mlflow/runs/delete`, { ...json, body });
  for (const [id, expected] of [
    [runId, /is deleted: restore it/],
    ["f".repeat(32), /is not at/],
  ] as const) {
    const third = new Recording();
    const failing = await third.open({ ...options, runId: id });
    third.log({ type: "metrics", values: { loss: 2 }, context: {} });
    const error = await third.deliver(failing).catch((error: unknown) => error);
    assert.instance(error, TrackerUnreachableError);
    assert.ok((error as TrackerUnreachableError).permanent);
    assert.match((error as Error).message, expected);
  }
});

run("shows nested runs below their parent", async () => {
  const options = { trackingUri: server.uri };
  const project = { projectName: "nested" };
  const parent = new Recording();
  const above = await parent.open({ ...options, runName: "parent" }, project);
  await parent.deliver(above);
  const parentRunId = await above.tracker.waitForRunId();
  for (const runName of ["one", "two"]) {
    const child = new Recording();
    const nested = runName === "one" ? { parentRunId } : { nestedRun: true, runId: parentRunId };
    const below = await child.open({ ...options, runName, ...nested }, project);
    child.log({ type: "metrics", values: { c: 1 }, context: {} });
    await child.deliver(below);
    await below.finish("success");
  }
  await above.finish("success");
  const found = (await read("nested")).map(({ name, tags }) => [name, tags["mlflow.parentRunId"]]);
  assert.equal(found.sort(), [
    ["one", "parent"],
    ["parent", undefined],
    ["two", "parent"],
  ]);
});

run("two processes that come at once share an experiment", async () => {
  await Promise.all(
    Array.from({ length: 6 }, async (_, index) => {
      const recording = new Recording();
      const options = { trackingUri: server.uri };
      const tracker = await recording.open(options, { projectName: "race" });
      recording.log({ type: "metrics", values: { loss: index }, context: {} });
      await recording.deliver(tracker);
      await tracker.finish("success");
    }),
  );
  const found = await read("race");
  assert.equal(found.map(({ latest }) => latest.loss).sort(), [0, 1, 2, 3, 4, 5]);
});

run("a server that dies and returns, and a process that dies: every value once", async () => {
  const options = { trackingUri: server.uri };
  const recording = new Recording();
  let tracker = await recording.open(options, { projectName: "die" });
  const steps = 150;
  const path = join(recording.folder, "weights.bin");
  writeFileSync(path, Buffer.alloc(100_000, 1));
  for (let step = 0; step < steps; step++) {
    const values = { loss: 1 / (step + 1), nan: Number.NaN, note: `step ${step % 7}` };
    recording.log({ type: "metrics", values, context: {} });
    if (step === 75) {
      recording.log({ type: "artifact", artifact: { name: "weights.bin", path }, context: {} });
    }
  }
  const killed = (async () => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    await server.kill();
  })();
  const error = await recording.deliver(tracker).catch((error: unknown) => error);
  await killed;
  assert.instance(error, TrackerUnreachableError, "it was too fast to be disturbed");
  await server.restart();
  // Another process goes on from what was saved last, is cut off as well, and a third ends it.
  tracker = await recording.open(options, { projectName: "elsewhere", isReplay: true });
  await recording.deliver(tracker, { signal: AbortSignal.timeout(300) }).catch(() => {});
  tracker = await recording.open(options, { projectName: "elsewhere", isReplay: true });
  await recording.deliver(tracker);
  await tracker.finish("success");
  const found = await readOne("die");
  assert.is(found.status, "FINISHED");
  const expected = Array.from({ length: steps }, (_, step) => [step, 1 / (step + 1)]);
  assert.equal(
    found.metrics.loss?.map(([step, value]) => [step, value]),
    expected,
  );
  assert.equal(
    found.metrics.nan?.map(([step, value]) => [step, value]),
    expected.map(([step]) => [step, "NaN"]),
  );
  const texts = found.artifacts.filter(({ path }) => path.startsWith("texts/note/"));
  assert.is(texts.length, steps);
  assert.is(found.tags.note, `step ${(steps - 1) % 7}`);
  assert.equal(found.artifacts.at(-1), { path: "weights.bin", size: 100_000 });
});

run("says where a file and a folder would have one name, and goes on", async () => {
  const recording = new Recording();
  const tracker = await recording.open({ trackingUri: server.uri }, { projectName: "blocked" });
  tracker.tracker.logText("a file", "notes");
  tracker.tracker.logText("below it", "notes/more.txt");
  tracker.tracker.logText("% and + and ü", "100% a+b ü#1.txt");
  tracker.tracker.logMetric("loss", 1);
  await recording.deliver(tracker);
  await tracker.finish("success");
  const found = await readOne("blocked");
  assert.equal(
    found.artifacts.map(({ path }) => path),
    ["100_ a+b ü_1.txt", "notes"],
  );
  assert.is(found.latest.loss, 1);
  assert.match(
    recording.warnings.join("\n"),
    /notes\/more.txt cannot be stored: a file and a folder/,
  );
});

test.run();
