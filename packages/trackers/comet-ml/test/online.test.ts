import { readFileSync } from "node:fs";
import { TrackerUnreachableError } from "@acc/core/tracker";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { CometOptions } from "../src/options.ts";
import { CometServer, type Disturbance } from "./comet-server.ts";
import { goldenCalls } from "./golden-calls.ts";
import {
  comparable,
  type ReadExperiment,
  type RecordedRequest,
  readRequests,
  sketch,
} from "./read-requests.ts";
import { KEY, Recording, RUN_ID } from "./recording.ts";

const test = suite("Comet online");
let server: CometServer;

test.before.each(async () => {
  server = await CometServer.start();
});
test.after.each(() => server.stop());

const METRIC_BATCH = "/clientlib/batch/logger/experiment/metric";

function record(options: CometOptions = {}, id?: string): Recording {
  const online = { apiKey: KEY, urlOverride: server.url, workspace: "ws", ...options };
  return new Recording(online, id);
}

const held = (key = RUN_ID): ReadExperiment => readRequests(server.requests, key);
const paths = () => server.requests.map(({ path }) => path);

/** Lets the first matching requests go wrong. */
function disturb(path: string, times: number, disturbance: Disturbance): void {
  let left = times;
  server.disturb = (request: RecordedRequest) => {
    if (!request.path.includes(path) || left === 0) return undefined;
    left -= 1;
    return disturbance;
  };
}

async function rejection(promise: Promise<unknown>): Promise<TrackerUnreachableError> {
  try {
    await promise;
  } catch (error) {
    assert.instance(error, TrackerUnreachableError);
    return error as TrackerUnreachableError;
  }
  throw new Error("it did not reject");
}

function logPoints(recording: Recording, count: number, from = 0): void {
  for (let step = from; step < from + count; step++) {
    const context = { step, wallTimeMs: 1_700_000_000_000 + step };
    recording.post({ type: "metrics", values: { loss: 1 / (step + 1), twice: 2 * step }, context });
  }
}

test("opens, sends in batches, ends", async () => {
  const recording = record({ name: "golden", tags: ["t1"] });
  goldenCalls(recording);
  await recording.finish();
  const opening = server.requests[0];
  assert.is(opening?.path, "/clientlib/logger/add/run");
  assert.is(opening?.headers.authorization, KEY);
  const { local_timestamp, ...rest } = opening?.json ?? {};
  assert.ok(Number.isInteger(local_timestamp));
  assert.equal(rest, {
    apiKey: KEY,
    experimentKey: RUN_ID,
    offline: false,
    projectName: "proj",
    teamName: "ws",
    libVersion: "3.58.8",
    getOrCreateEnabled: false,
  });
  assert.equal(
    [...new Set(paths())],
    [
      "/clientlib/logger/add/run",
      "/clientlib/status-report/update",
      "/api/rest/v2/write/experiment/log-other",
      "/clientlib/tags/add-tags-to-experiment",
      "/clientlib/batch/logger/experiment/parameter",
      METRIC_BATCH,
      "/clientlib/asset/upload",
      "/clientlib/visualizations/upload",
    ],
  );
  assert.equal(held().alive, [true, false]);
  assert.is(held().metrics.length, 11);
  assert.is(recording.tracker.tracker.getKey(), RUN_ID);
});

test("holds the same, however the delivery is cut and interrupted", async () => {
  const undisturbed = record({ name: "n" }, "f".repeat(32));
  goldenCalls(undisturbed);
  await undisturbed.finish();
  const wanted = comparable(held("f".repeat(32)));
  const kinds: Disturbance[] = [
    { kind: "answer", status: 500 },
    { kind: "answer", status: 429, headers: { "retry-after": "3" } },
    { kind: "answer", status: 200, body: "<html>" },
    { kind: "drop", recorded: false },
    { kind: "drop", recorded: true },
  ];
  let number = 0;
  for (const path of ["add/run", "status-report", "log-other", METRIC_BATCH, "visualizations"]) {
    for (const kind of kinds) {
      const id = String(number++).padStart(32, "a");
      const recording = record({ name: "n" }, id);
      goldenCalls(recording);
      disturb(path, 1, kind);
      const error = await rejection(recording.deliverRest(7));
      assert.is(error.permanent, false, `${path} ${JSON.stringify(kind)}: ${error.message}`);
      if ("headers" in kind) assert.is(error.retryAfterMs, 3000);
      if (number % 2 === 0) recording.restart();
      await recording.finish();
      assert.equal(comparable(held(id)), wanted, `${path} ${JSON.stringify(kind)}`);
      assert.is(held(id).files.size, held("f".repeat(32)).files.size);
    }
  }
});

test("a kill between the request and the note of it sends no point twice", async () => {
  const recording = record();
  logPoints(recording, 700);
  disturb(METRIC_BATCH, 1, { kind: "drop", recorded: true });
  await rejection(recording.deliverRest());
  recording.restart();
  await recording.deliverRest(50);
  recording.restart();
  logPoints(recording, 5, 700);
  await recording.finish();
  const { metrics } = held();
  assert.is(metrics.length, 1410);
  const points = new Set(metrics.map(({ name, step, value }) => `${name} ${step} ${value}`));
  assert.is(points.size, 1410);
});

test("equal points of one moment are told apart by their number", async () => {
  const recording = record();
  const same = {
    type: "metrics",
    values: { m: 1 },
    context: { step: 1, wallTimeMs: 5000 },
  } as const;
  for (let i = 0; i < 4; i++) recording.post(same);
  disturb(METRIC_BATCH, 1, { kind: "drop", recorded: true });
  await rejection(recording.deliverRest(2));
  recording.restart();
  await recording.finish();
  assert.is(held().metrics.length, 4);
});

test("holds what the official client sends for the same calls, live and from an archive", async () => {
  const recording = record({ name: "golden", tags: ["t1"] });
  goldenCalls(recording);
  await recording.finish();
  for (const name of ["online-official", "upload-official"]) {
    const path = new URL(`fixtures/vectors/${name}.jsonl`, import.meta.url);
    const lines = readFileSync(path, "utf8").trim().split("\n");
    const official = lines.map((line) => JSON.parse(line));
    assert.equal(sketch(server.requests, RUN_ID), sketch(official, RUN_ID), name);
  }
});

test("goes on with an experiment of a given key, offline mode or not", async () => {
  const first = record({ experimentKey: "K".repeat(32), mode: "create" }, "1".repeat(32));
  logPoints(first, 2);
  await first.finish();
  for (const mode of ["get", "get_or_create"] as const) {
    const next = record(
      { experimentKey: "K".repeat(32), mode },
      (mode === "get" ? "2" : "3").repeat(32),
    );
    logPoints(next, 2, mode === "get" ? 2 : 4);
    await next.finish();
    assert.is(next.tracker.tracker.getKey(), "K".repeat(32));
  }
  assert.is(held("K".repeat(32)).metrics.length, 12);
  assert.is(paths().filter((path) => path === "/clientlib/logger/add/run").length, 1);
});

test("refuses a key that is taken or unknown, and keeps the events", async () => {
  const owner = record({ experimentKey: "K".repeat(32), mode: "create" }, "1".repeat(32));
  await owner.finish();
  const second = record({ experimentKey: "K".repeat(32), mode: "create" }, "2".repeat(32));
  logPoints(second, 1);
  for (let attempt = 0; attempt < 2; attempt++) {
    const error = await rejection(second.deliverRest());
    assert.ok(error.permanent);
    assert.match(error.message, /cannot be opened.*90999/);
    second.restart();
  }
  assert.is(held("K".repeat(32)).metrics.length, 0);
  const unknown = record({ experimentKey: "U".repeat(32), mode: "get" }, "3".repeat(32));
  logPoints(unknown, 1);
  assert.match((await rejection(unknown.deliverRest())).message, /90210/);
});

test("an experiment whose making was interrupted is still this recording's", async () => {
  const recording = record({ experimentKey: "K".repeat(32), mode: "create" });
  logPoints(recording, 1);
  disturb("add/run", 1, { kind: "drop", recorded: true });
  await rejection(recording.deliverRest());
  recording.restart();
  await recording.finish();
  assert.is(held("K".repeat(32)).metrics.length, 2);
});

test("a missing or refused key waits for another process, and no key gets into a message or the state", async () => {
  const recording = record();
  logPoints(recording, 1);
  for (const status of [401, 403]) {
    disturb("add/run", 1, { kind: "answer", status, body: `{"msg":"bad key ${KEY}"}` });
    const error = await rejection(recording.deliverRest());
    assert.ok(error.permanent);
    assert.match(error.message, /COMET_API_KEY/);
    assert.not.match(error.message, KEY);
  }
  disturb("add/run", 1, {
    kind: "answer",
    status: 400,
    body: `{"sdk_error_code":90212,"msg":"${KEY}"}`,
  });
  const refused = await rejection(recording.deliverRest());
  assert.ok(refused.permanent);
  assert.not.match(refused.message, KEY);
  await recording.finish();
  assert.not.match(recording.stateText, KEY);
  assert.is(held().metrics.length, 2);
  const without = new Recording({ urlOverride: server.url });
  without.post({ type: "metrics", values: { m: 1 }, context: {} });
  const missing = await rejection(without.deliverRest());
  assert.ok(missing.permanent);
  assert.match(missing.message, /needs an API key/);
});

test("a server that is down, and one that never answers", async () => {
  const recording = record();
  logPoints(recording, 3);
  const { port } = server;
  await server.stop();
  const error = await rejection(recording.deliverRest());
  assert.is(error.permanent, false);
  assert.match(error.message, /cannot be reached/);
  server = await CometServer.start(port);
  disturb("add/run", 1, { kind: "hang" });
  const events = structuredClone(recording.events);
  await rejection(recording.tracker.deliver(events, AbortSignal.timeout(200)));
  await recording.finish();
  assert.is(held().metrics.length, 6);
});

test("what the service refuses is an error of the event alone", async () => {
  const recording = record();
  logPoints(recording, 2);
  disturb(METRIC_BATCH, 1, { kind: "answer", status: 400, body: '{"code": 400, "msg": "no"}' });
  await recording.deliverRest().then(
    () => assert.unreachable(),
    (error) => assert.not.instance(error, TrackerUnreachableError),
  );
  await recording.finish();
  assert.is(held().metrics.length, 4);
});

test("counts what is left out once, however often it is delivered", async () => {
  const recording = record();
  recording.post({ type: "metrics", values: { none: null, m: 1 }, context: { wallTimeMs: 5000 } });
  disturb(METRIC_BATCH, 3, { kind: "answer", status: 503 });
  for (let attempt = 0; attempt < 3; attempt++) await rejection(recording.deliverRest());
  await recording.finish();
  assert.is(recording.warnings.length, 2);
  assert.match(recording.warnings[1] ?? "", /none \(null\) 1 times/);
});

test("says how the run ended, once", async () => {
  const recording = record();
  logPoints(recording, 1);
  await recording.finish("failure");
  await recording.tracker.finish("failure");
  recording.restart();
  await recording.tracker.finish("failure");
  const updates = server.requests.filter(({ path }) => path.endsWith("/update-status"));
  assert.equal(
    updates.map(({ json }) => json),
    [
      {
        experimentKey: RUN_ID,
        isAlive: false,
        error: "The run ended with a failure.",
        hasCrashed: true,
      },
    ],
  );
  assert.equal(held().alive, [true, false]);
});

test("a run that is told of afterwards has its own times", async () => {
  const recording = record();
  logPoints(recording, 3);
  recording.restart();
  await recording.finish();
  const times = server.requests.find(({ path }) => path.endsWith("/offline-metadata"))?.json;
  assert.is(times.startTimestamp, 1_700_000_000_000);
  assert.is(times.endTimestamp, 1_700_000_000_002);
  assert.is(server.requests[0]?.json.offline, true);
});

test("falls back to the documented interface where the client's is missing", async () => {
  server.isRestOnly = true;
  const recording = record({ name: "n", tags: ["t1"] });
  goldenCalls(recording);
  disturb("write/experiment/metric", 1, { kind: "answer", status: 503 });
  await rejection(recording.deliverRest(5));
  recording.restart();
  await recording.finish();
  const key = recording.tracker.tracker.getKey();
  assert.match(key, /^created/);
  const read = held(key);
  assert.is(read.metrics.length, 11);
  assert.equal(read.tags, ["t1"]);
  assert.is(read.files.size, 5);
  assert.equal(read.parameters["net|depth"], [2, null]);
  assert.is(read.others.Name, "renamed");
  const created = server.requests.filter(({ path }) => path.endsWith("/create"));
  assert.is(created.length, 1);
  assert.ok(paths().includes("/api/rest/v2/write/experiment/stop"));
});

test.run();
