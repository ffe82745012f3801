import { existsSync, readdirSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { monitoredEvents } from "@acc/test-kit/contract/monitored-events";
import { figureHtml } from "@acc/tracker-kit";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { comparableRun, differences } from "./fixtures/comparable-run.ts";
import { python, runPython, sync } from "./fixtures/python.ts";
import { FIGURE, recordSameCalls } from "./fixtures/same-calls.ts";
import { type Stub, startStub } from "./fixtures/vectors/stub.mjs";
import { looseParse } from "./read-run.ts";
import { Recording } from "./recording.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const test = suite("W&B's own client");
const define = python === undefined ? test.skip : test;
const KEY = "a".repeat(40);
for (const name of Object.keys(process.env))
  if (name.startsWith("WANDB_")) delete process.env[name];

async function withStub<T>(use: (stub: Stub) => Promise<T>): Promise<T> {
  const stub = await startStub();
  try {
    return await use(stub);
  } finally {
    await stub.close();
  }
}

const official = (mode: "online" | "offline", cwd: string, url = "http://127.0.0.1:9") =>
  runPython("official.py", [], {
    cwd,
    env: {
      WANDB_MODE: mode,
      WANDB_BASE_URL: url,
      WANDB_API_KEY: KEY,
      FIGURE_HTML: figureHtml(FIGURE, "figure"),
    },
  });

/** What is not as the official client has it, whichever way the run goes. */
const EXPECTED = [
  // Python packages have no counterpart; a run of ours says what it ran on in wandb-metadata.json.
  /requirements\.txt/,
];

function unexpected(theirs: unknown, ours: unknown): string[] {
  return differences(theirs, ours).filter((line) => !EXPECTED.some((known) => known.test(line)));
}

define("wandb sync uploads our offline run with the same result as one of its own", async () => {
  const theirs = await withStub(async (stub) => {
    const cwd = temporaryFolder();
    const { code, output } = await official("offline", cwd);
    assert.is(code, 0, output);
    const name = readdirSync(join(cwd, "wandb")).find((entry) => entry.startsWith("offline-run-"));
    await sync(join(cwd, "wandb", name ?? ""), stub.url, cwd);
    return comparableRun(stub, "acc/proj/same");
  });
  const ours = await withStub(async (stub) => {
    const cwd = temporaryFolder();
    const recording = await recordSameCalls(cwd, { mode: "offline" });
    const folder = recording.tracker.tracker.dir ?? "";
    const { output } = await sync(folder, stub.url, cwd);
    assert.not.match(output, /ERROR|WARN/);
    assert.ok(existsSync(join(folder, "run-same.wandb.synced")), output);
    return comparableRun(stub, "acc/proj/same");
  });
  assert.equal(unexpected(theirs, ours), []);
});

define("wandb sync uploads the load and the console as our online run sends them", async () => {
  const record = async (options: object): Promise<Recording> => {
    const recording = await Recording.start(temporaryFolder(), { id: "same", ...options });
    recording.log({ loss: 1 }, 0);
    recording.post(...monitoredEvents("wandb", recording.startedMs));
    await recording.finish();
    return recording;
  };
  const shown = ({ state }: Stub) => {
    const [run] = Object.values(state.runs);
    const events = run?.events.map((line) => {
      const { _timestamp, _runtime, ...values } = looseParse(line) as Record<string, number>;
      return { ...values, at: Math.round(_timestamp ?? 0) };
    });
    const output = run?.output.map((line) => line.replace(/\d{4}-\d\d-\d\dT[\d:.]+ /, ""));
    return { events, output };
  };
  const online = await withStub(async (stub) => {
    await record({ baseUrl: stub.url, apiKey: KEY, entity: "acc" });
    return shown(stub);
  });
  const synced = await withStub(async (stub) => {
    const { tracker } = await record({ mode: "offline", entity: "acc" });
    const { output } = await sync(tracker.tracker.dir ?? "", stub.url, temporaryFolder());
    assert.not.match(output, /ERROR|WARN/);
    return shown(stub);
  });
  assert.equal([online.events?.length, online.output?.length], [2, 3]);
  assert.equal(synced, online);
});

define("our online run leaves what its own leaves, by the same requests", async () => {
  const [theirs, theirRequests] = await withStub(async (stub) => {
    const { code, output } = await official("online", temporaryFolder(), stub.url);
    assert.is(code, 0, output);
    return [comparableRun(stub, "acc/proj/same"), stub.requests] as const;
  });
  const [ours, ourRequests] = await withStub(async (stub) => {
    await recordSameCalls(temporaryFolder(), { baseUrl: stub.url, apiKey: KEY });
    assert.equal(stub.state.unknown, []);
    return [comparableRun(stub, "acc/proj/same"), stub.requests] as const;
  });
  assert.equal(
    unexpected(theirs, ours).filter((line) => !line.includes("wandb-metadata.json")),
    [],
  );
  // Every operation of ours is one of theirs, with the same variables and authentication.
  for (const request of ourRequests) {
    const same = theirRequests.filter(
      ({ op, method }) => op === request.op && method === request.method,
    );
    assert.ok(same.length > 0, `${request.method} ${request.op}`);
    const [first] = same;
    assert.is(request.headers.authorization, first?.headers.authorization);
    if (request.op === undefined) continue;
    assert.is(request.headers["content-type"], first?.headers["content-type"]);
    const names = (variables = {}) => pathsOf(variables);
    assert.ok(
      same.some(({ variables }) => names(variables).join() === names(request.variables).join()),
      `${request.op}: ${names(request.variables)} is none of ${same.map(({ variables }) => names(variables)).join(" or ")}`,
    );
  }
  const last = ourRequests.at(-1)?.body;
  const theirLast = theirRequests.filter(({ body }) => body?.complete).at(-1)?.body;
  assert.equal(Object.keys(last ?? {}).sort(), Object.keys(theirLast ?? {}).sort());
});

/** Names of the members of objects, at any depth; the texts of configurations are one value. */
function pathsOf(value: unknown, path = ""): string[] {
  if (Array.isArray(value)) return value.length > 0 ? pathsOf(value[0], `${path}[]`) : [path];
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value)
    .flatMap(([key, item]) => pathsOf(item, `${path}.${key}`))
    .sort();
}

define("resumes a run of ours at its next step, and we one of its", async () => {
  await withStub(async (stub) => {
    const options = { baseUrl: stub.url, apiKey: KEY, id: "shared", transmitIntervalMs: 0 };
    const recording = await Recording.start(temporaryFolder(), options);
    recording.log({ x: 0 });
    recording.log({ x: 1 });
    await recording.finish();
    const env = { WANDB_BASE_URL: stub.url, WANDB_API_KEY: KEY };
    const { output } = await runPython("resume.py", ["shared"], { cwd: temporaryFolder(), env });
    assert.match(output, "starting step 2");
    const next = await Recording.start(temporaryFolder(), { ...options, resume: "must" });
    next.log({ x: 4 });
    await next.finish();
    const run = stub.state.runs["acc/proj/shared"];
    const rows = run?.history.map((line) => looseParse(line) as { _step: number; x: number });
    assert.equal(
      rows?.map(({ _step, x }) => [_step, x]),
      [0, 1, 2, 3, 4].map((step) => [step, step]),
    );
    assert.equal([run?.offsetErrors, run?.complete], [[], true]);
  });
});

define(
  "uploads what a run left that was killed, and every row once when it was completed",
  async () => {
    await withStub(async (stub) => {
      const cwd = temporaryFolder();
      const recording = await Recording.start(cwd, {
        mode: "offline",
        id: "killed",
        entity: "acc",
      });
      for (let step = 0; step < 100; step++) recording.log({ x: step }, step);
      await recording.deliverRest(7);
      const folder = recording.tracker.tracker.dir ?? "";
      await sync(folder, stub.url, cwd);
      const run = stub.state.runs["acc/proj/killed"];
      assert.is(run?.history.length, 99); // the last row is open until the run ends
      assert.is(run?.exitcode, 1);
    });
    await withStub(async (stub) => {
      const cwd = temporaryFolder();
      const recording = await Recording.start(cwd, {
        mode: "offline",
        id: "killed",
        entity: "acc",
      });
      for (let step = 0; step < 100; step++) recording.log({ x: step }, step);
      const file = join(recording.tracker.tracker.dir ?? "", "run-killed.wandb");
      await recording.tracker.deliver(recording.events.slice(0, 50), AbortSignal.timeout(5000));
      truncateSync(file, statSync(file).size - 5);
      await recording.restart();
      await recording.finish();
      await sync(recording.tracker.tracker.dir ?? "", stub.url, cwd);
      const run = stub.state.runs["acc/proj/killed"];
      const steps = run?.history.map((line) => (looseParse(line) as { _step: number })._step);
      assert.equal(
        steps,
        Array.from({ length: 100 }, (_, step) => step),
      );
      assert.equal([run?.complete, run?.exitcode], [true, 0]);
    });
  },
);

define("every value, name and step comes through wandb sync", async () => {
  await withStub(async (stub) => {
    const cwd = temporaryFolder();
    const recording = await Recording.start(cwd, { mode: "offline", id: "odd", entity: "acc" });
    const keys = ["/lead", "../up", "a//b", "trail/", "µ loss", "a.b", "k".repeat(1000), "\ud800"];
    recording.post({
      type: "config",
      values: { "a/b": [1, null], long: "x".repeat(600), nan: Number.NaN },
    });
    recording.log(Object.fromEntries(keys.map((key, at) => [key, at])), 0);
    recording.log({
      text: "x".repeat(99_000),
      date: new Date(0),
      empty: {},
      bytes: Uint8Array.of(1, 2),
    });
    recording.log({ later: 1 }, 2 ** 31);
    recording.log({ back: 1 }, -1);
    await recording.finish("failure");
    await sync(recording.tracker.tracker.dir ?? "", stub.url, cwd);
    const run = stub.state.runs["acc/proj/odd"];
    const rows = run?.history.map((line) => looseParse(line) as Record<string, unknown>) ?? [];
    assert.equal(
      Object.fromEntries(Object.entries(rows[0] ?? {}).filter(([key]) => !key.startsWith("_"))),
      {
        ...Object.fromEntries(keys.map((key, at) => [key.replace("\ud800", "\ufffd"), at])),
        text: "x".repeat(99_000), // the second call had no step: it is row 0, too
        date: "1970-01-01T00:00:00.000Z",
        bytes: [1, 2],
      },
    );
    assert.equal(
      rows
        .slice(1)
        .map(({ _step, later, back, "accelerate/step": given }) => [_step, later, back, given]),
      [
        [2 ** 31, 1, undefined, undefined],
        [2 ** 31 + 1, undefined, 1, -1],
      ],
    );
    assert.equal(run?.config["a/b"], { value: [1, null] });
    assert.is(run?.exitcode, 1);
  });
});

test.run();
