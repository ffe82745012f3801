import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TrackerUnreachableError } from "@acc/core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Fault, StubServer } from "./stub-server.ts";
import { TestRun } from "./test-run.ts";

type Context = { server: StubServer; uri: string };

const test = suite<Context>("MLflow delivery");

test.before.each(async (context) => {
  context.server = new StubServer();
  context.uri = await context.server.start();
});
test.after.each(({ server }) => server.stop());

/** Everything a run can log. */
function logEverything(recording: TestRun): void {
  recording.post({ type: "config", values: { lr: 0.1, "odd@key": 1, long: "x".repeat(7000) } });
  for (let step = 0; step < 30; step++) {
    const values = { loss: 1 / (step + 1), acc: step, phase: step < 15 ? "warm" : "full" };
    recording.log({ type: "metrics", values, context: {} });
  }
  const image = { data: new Float32Array(16), shape: [4, 4] };
  recording.log({ type: "images", values: { sample: image }, context: {} }, 3);
  const table = { columns: ["id"], rows: [[1], [2]] };
  recording.log({ type: "tables", values: { errors: table }, context: {} }, 3);
  const path = join(recording.folder, "weights.bin");
  writeFileSync(path, "weights");
  recording.log({ type: "artifact", artifact: { name: "weights.bin", path }, context: {} });
  recording.log({ type: "call", method: "setTags", args: [{ team: "a" }], context: {} });
  recording.log({ type: "metrics", values: { "a@b": 1, a_b: 2, after: Number.NaN }, context: {} });
}

/** What the server holds after a run that nothing disturbs. */
async function undisturbed(): Promise<unknown> {
  const server = new StubServer();
  const trackingUri = await server.start();
  const recording = new TestRun("same");
  const tracker = await recording.open({ trackingUri });
  logEverything(recording);
  await recording.deliver(tracker);
  await tracker.finish("success");
  await server.stop();
  return withoutImageIds(server.held);
}

/** Image ids come from the recording's id. */
function withoutImageIds(held: unknown): unknown {
  return JSON.parse(
    JSON.stringify(held).replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "id"),
  );
}

test("makes one experiment and one run, and says how it ended", async ({ server, uri }) => {
  const recording = new TestRun("one");
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

test("a run that logs nothing is there all the same", async ({ server, uri }) => {
  const tracker = await new TestRun("empty").open({ trackingUri: uri });
  await tracker.finish("success");
  assert.equal(
    [...server.runs.values()].map(({ status }) => status),
    ["FINISHED"],
  );
});

for (const fault of [
  "reset",
  "reset after",
  "garbage",
  { status: 503 },
  { status: 429 },
] as const) {
  const name = typeof fault === "string" ? fault : fault.status;
  test(`${name} at any request: delivered again, also by another process, it is recorded once`, async ({
    server,
    uri,
  }) => {
    const expected = await undisturbed();
    for (const isOtherProcess of [false, true]) {
      server.runs.clear();
      server.artifacts.clear();
      server.experiments.clear();
      const recording = new TestRun("faulty");
      let tracker = await recording.open({ trackingUri: uri });
      logEverything(recording);
      let next = 1;
      // Every request fails the first time, each attempt one further on.
      server.fault = ({ count }) => {
        if (count < next) return undefined;
        next = Number.POSITIVE_INFINITY;
        return fault;
      };
      for (let attempt = 1; ; attempt++) {
        assert.ok(attempt < 100, "it never gets through");
        server.requests.length = 0;
        next = attempt;
        try {
          await recording.deliver(tracker);
          await tracker.finish("success");
          if (next < Number.POSITIVE_INFINITY) break; // no fault came
        } catch (error) {
          assert.instance(error, TrackerUnreachableError);
          assert.not((error as TrackerUnreachableError).permanent);
        }
        if (isOtherProcess) tracker = await recording.open({ trackingUri: uri });
      }
      assert.equal(withoutImageIds(server.held), expected);
    }
  });
}

test("a server that hangs is left when time is up, and gets everything later", async ({
  server,
  uri,
}) => {
  const recording = new TestRun("hang");
  const tracker = await recording.open({ trackingUri: uri });
  logEverything(recording);
  server.fault = (): Fault => "hang";
  const started = performance.now();
  try {
    await recording.deliver(tracker, AbortSignal.timeout(200));
    assert.unreachable();
  } catch (error) {
    assert.instance(error, TrackerUnreachableError);
  }
  assert.ok(performance.now() - started < 20_000);
  server.fault = () => undefined;
  await recording.deliver(tracker);
  await tracker.finish("success");
  assert.equal(withoutImageIds(server.held), await undisturbed());
});

test("says how long a server asks to wait", async ({ server, uri }) => {
  const recording = new TestRun("wait");
  const tracker = await recording.open({ trackingUri: uri });
  logEverything(recording);
  server.fault = () => ({ status: 429, retryAfter: "7" });
  const error = await recording.deliver(tracker).catch((error: unknown) => error);
  assert.is((error as TrackerUnreachableError).retryAfterMs, 7000);
});

test("a refused value is left out alone, and said", async ({ server, uri }) => {
  const recording = new TestRun("refused");
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
  const recording = new TestRun("old");
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
  const recording = new TestRun("changed");
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
  const first = new TestRun("first");
  const tracker = await first.open({ trackingUri: uri });
  first.log({ type: "metrics", values: { loss: 1 }, context: {} }, 0);
  first.log({ type: "tables", values: { a: { columns: ["x"], rows: [[1]] } }, context: {} }, 0);
  await first.deliver(tracker);
  await tracker.finish("failure");
  const runId = tracker.tracker.runId ?? "";
  const second = new TestRun("second");
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

const unusable: [name: string, arrange: (server: StubServer) => object, expected: RegExp][] = [
  ["a run that is not there", () => ({ runId: "f".repeat(32) }), /run f+ is not at .*acc sync/],
  [
    "a deleted experiment",
    (server) => {
      server.experiments.set("project", { id: "1", deleted: true });
      return {};
    },
    /experiment "project" is deleted.*acc sync/,
  ],
  [
    "a refused key",
    (server) => {
      server.fault = () => ({ status: 401, body: "You are not authenticated." });
      return { username: "me", password: "hunter2" };
    },
    /401.*MLFLOW_TRACKING_USERNAME/,
  ],
];
for (const [name, arrange, expected] of unusable) {
  test(`${name} is said once, and everything waits for acc sync`, async ({ server, uri }) => {
    const recording = new TestRun("unusable");
    const tracker = await recording.open({ trackingUri: uri, ...arrange(server) });
    recording.log({ type: "metrics", values: { loss: 1 }, context: {} });
    const error = await recording.deliver(tracker).catch((error: unknown) => error);
    assert.instance(error, TrackerUnreachableError);
    assert.ok((error as TrackerUnreachableError).permanent);
    assert.match((error as Error).message, expected);
    assert.not.match(`${(error as Error).message} ${JSON.stringify(tracker.state())}`, /hunter2/);
  });
}

test("keeps files and folders, below the folder asked for", async ({ server, uri }) => {
  const recording = new TestRun("files");
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
  const recording = new TestRun("native");
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
  const tracker = await new TestRun("late").open({});
  const error = await tracker.tracker.waitForRunId(20).catch((error: unknown) => error);
  assert.match((error as Error).message, /not opened the run within 20 ms/);
});

test("what a process without a server kept, acc sync delivers from its state and environment", async ({
  server,
  uri,
}) => {
  const recording = new TestRun("sync");
  const tracker = await recording.open({ runName: "kept" });
  recording.log({ type: "metrics", values: { loss: 1 }, context: {} });
  recording.log({ type: "metrics", values: { loss: 2 }, context: {} });
  const error = await recording.deliver(tracker).catch((error: unknown) => error);
  assert.ok((error as TrackerUnreachableError).permanent);
  assert.match((error as Error).message, /set MLFLOW_TRACKING_URI/i);
  const sync = await recording.open({ trackingUri: uri }, { isReplay: true });
  await recording.deliver(sync);
  await sync.finish("success");
  const [run] = server.runs.values();
  assert.equal(run?.metrics.loss, ["0 1 1700000000000", "1 2 1700000000010"]);
  assert.is(run?.endTime, 1_700_000_000_010, "it ended when it was logged, not when it was sent");
});

test.run();
