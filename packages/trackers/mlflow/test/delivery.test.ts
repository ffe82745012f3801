import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { TrackerUnreachableError } from "@acc/core/tracker";
import * as assert from "uvu/assert";
import { Recording } from "./recording.ts";
import { type Fault, StubServer } from "./stub-server.ts";
import { stubSuite } from "./stub-suite.ts";

const test = stubSuite("MLflow delivery");

/** Everything a run can log. */
function logEverything(recording: Recording): void {
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
  const recording = new Recording();
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
      const recording = new Recording();
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

test("a server that hangs is given up when time is up, and gets everything later", async ({
  server,
  uri,
}) => {
  const recording = new Recording();
  const tracker = await recording.open({ trackingUri: uri });
  logEverything(recording);
  server.fault = (): Fault => "hang";
  const started = performance.now();
  try {
    await recording.deliver(tracker, { signal: AbortSignal.timeout(200) });
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
  const recording = new Recording();
  const tracker = await recording.open({ trackingUri: uri });
  logEverything(recording);
  server.fault = () => ({ status: 429, retryAfter: "7" });
  const error = await recording.deliver(tracker).catch((error: unknown) => error);
  assert.is((error as TrackerUnreachableError).retryAfterMs, 7000);
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
    const recording = new Recording();
    const tracker = await recording.open({ trackingUri: uri, ...arrange(server) });
    recording.log({ type: "metrics", values: { loss: 1 }, context: {} });
    const error = await recording.deliver(tracker).catch((error: unknown) => error);
    assert.instance(error, TrackerUnreachableError);
    assert.ok((error as TrackerUnreachableError).permanent);
    assert.match((error as Error).message, expected);
    assert.not.match(`${(error as Error).message} ${JSON.stringify(tracker.state())}`, /hunter2/);
  });
}

test("what a process without a server kept, acc sync delivers from its state and environment", async ({
  server,
  uri,
}) => {
  const recording = new Recording();
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

test("texts of every step are delivered although time is up again and again, and side by side", async ({
  server,
  uri,
}) => {
  const STEPS = 300;
  const recording = new Recording();
  for (let step = 0; step < STEPS; step++) {
    const values = { prompt: `prompt ${step}`, answer: `answer ${step}`, loss: step };
    recording.log({ type: "metrics", values, context: {} }, step);
  }
  server.answerDelayMs = 20;
  const limit = Date.now() + 150_000; // a busy machine delivers few of them in each attempt
  let attempts = 0;
  for (let left = true; left; attempts++) {
    assert.ok(Date.now() < limit, `${server.artifacts.size} texts after ${attempts} attempts`);
    // As another process: it knows what was saved.
    const tracker = await recording.open({ trackingUri: uri }, { isReplay: attempts > 0 });
    const signal = AbortSignal.timeout(1000);
    left = await recording.deliver(tracker, { signal }).then(
      () => false,
      () => true,
    );
  }
  assert.is(server.artifacts.size, 2 * STEPS);
  const [run] = [...server.runs.values()];
  assert.is(run?.metrics.loss?.length, STEPS);
  assert.is(run?.tags.answer, `answer ${STEPS - 1}`);
  const uploads = server.requests.filter(({ method }) => method === "PUT").length;
  // An attempt may repeat what was under way when its time was up, and what was not saved by then.
  assert.ok(uploads <= 2 * STEPS + attempts * 80, `${uploads} in ${attempts} attempts`);
  assert.ok(attempts > 1, "the time limit was reached");
});

test.run();
