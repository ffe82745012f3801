import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { pythonOf } from "../../../../tools/peers/python.mjs";
import { type MlflowServer, startMlflowServer } from "./mlflow-server.ts";
import { START_MS, TestRun } from "./test-run.ts";

const test = suite("MLflow server");
const python = pythonOf("packages/trackers/mlflow/test/fixtures/requirements.txt") ?? "";
const run = python ? test : test.skip;
const READER = fileURLToPath(new URL("fixtures/vectors/read.py", import.meta.url));
let server: MlflowServer;

type ReadRun = {
  name: string;
  status: string;
  start_time: number;
  end_time: number | null;
  params: Record<string, string>;
  tags: Record<string, string>;
  latest: Record<string, number | string>;
  metrics: Record<string, [step: number, value: number | string, timestamp: number][]>;
  artifacts: { path: string; size: number }[];
};

/** What MLflow's own client reads back. */
async function read(experiment: string): Promise<ReadRun[]> {
  const { stdout } = await promisify(execFile)(python, [READER, server.uri, experiment], {
    maxBuffer: 1 << 28,
    timeout: 100_000,
    env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: "true" },
  });
  return JSON.parse(stdout).runs;
}

async function readOne(experiment: string): Promise<ReadRun> {
  const [first, ...others] = await read(experiment);
  assert.equal(others, []);
  return first as ReadRun;
}

async function bytesOf(path: string, runId: string | undefined): Promise<string> {
  const url = `${server.uri}/get-artifact?run_uuid=${runId}&path=${encodeURIComponent(path)}`;
  const answer = await fetch(url);
  assert.is(answer.status, 200);
  return answer.text();
}

test.before(async () => {
  if (python) server = await startMlflowServer(python);
});
test.after(async () => {
  await server?.remove();
});

run("reads back every kind of value", async () => {
  const recording = new TestRun("values");
  const tracker = await recording.open(
    { trackingUri: server.uri, runName: "all", tags: { team: "a" }, description: "**note**" },
    { projectName: 'it\'s "quoted" / ü' },
  );
  recording.post({
    type: "config",
    values: {
      lr: 0.1,
      amp: true,
      none: null,
      layers: [1, 2],
      opt: { name: "adam", tiny: 1e-5 },
      when: new Date(0),
      nan: Number.NaN,
    },
  });
  recording.log(
    {
      type: "metrics",
      values: { loss: 1, train: { acc: 0.5 }, ok: true, big: 12n, one: Float32Array.of(4) },
      context: {},
    },
    0,
  );
  recording.log({
    type: "metrics",
    values: {
      loss: 0.5,
      nan: Number.NaN,
      inf: Number.POSITIVE_INFINITY,
      ninf: Number.NEGATIVE_INFINITY,
    },
    context: {},
  });
  recording.log(
    {
      type: "metrics",
      values: { text: "a\ud800b", list: [1, "a"], when: new Date(0), none: null, loss: 0.25 },
      context: {},
    },
    1.5,
  );
  recording.log(
    {
      type: "metrics",
      values: {
        "a//b": 1,
        "/lead": 2,
        "../up": 3,
        "": 4,
        "a@b": 5,
        "日本 µ": 6,
        ["k".repeat(1000)]: 7,
        a_b: 8,
        "..x": 9,
        "tr/": 10,
        "e😀": 11,
      },
      context: {},
    },
    3,
  );
  recording.log({ type: "metrics", values: { same: 1 }, context: { wallTimeMs: START_MS } }, 7);
  recording.log({ type: "metrics", values: { same: 1 }, context: { wallTimeMs: START_MS } }, 7);
  recording.log(
    {
      type: "images",
      values: { "train/sample": { data: new Float32Array(64).fill(0.5), shape: [8, 8] } },
      context: {},
    },
    2,
  );
  recording.log(
    {
      type: "tables",
      values: {
        errors: {
          columns: ["id", "loss"],
          rows: [
            [1, 0.5],
            [2, null],
          ],
        },
      },
      context: {},
    },
    2,
  );
  await recording.deliver(tracker);
  await tracker.finish("success");
  const found = await readOne('it\'s "quoted" / ü');
  console.log(JSON.stringify(found, null, 1), recording.warnings);
  assert.is(found.status, "FINISHED");
  console.log(await bytesOf("tables/errors.json", tracker.tracker.runId));
});

test.run();
