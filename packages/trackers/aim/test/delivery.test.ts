import { type TrackerEvent, TrackerUnreachableError } from "@acc/core/tracker";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { AimOptions } from "../src/options.ts";
import { createTracker, deliver, metrics, Recording, sequenced } from "./recording.ts";
import { StubServer } from "./stub-server.ts";

const test = suite("delivery to Aim");
const ID = "0123456789abcdef0123456789abcdef";
const HASH = ID.slice(0, 24);
const EMPTY_CONTEXT = "-4504863053055089774n";
let server: StubServer;

test.before.each(async () => {
  server = await StubServer.start();
});
test.after.each(async () => {
  await server.stop();
});

const EVENTS: readonly TrackerEvent[] = [
  { type: "config", values: { lr: 0.5, layers: [1, 2] } },
  metrics({ loss: 5, note: "a" }),
  metrics({ loss: 3 }),
  metrics({ loss: Number.NaN, deep: { x: 1 } }, 7),
  { type: "call", method: "set", args: ["seed", 42], context: {} },
  metrics({ loss: 9 }, 2),
  { type: "call", method: "addTag", args: ["good"], context: {} },
  metrics({ loss: 4, note: "b" }, undefined, { context: { by: "me" } }),
  metrics({ loss: Number.POSITIVE_INFINITY, note: "c" }),
  {
    type: "images",
    values: { img: { data: new Uint8Array(12).fill(5), shape: [2, 2, 3] } },
    context: {},
  },
];

/** What the server has, without what depends on the time of this test. */
function contentOf(stub: StubServer): [string, string][] {
  return [...stub.written].filter(([path]) => !path.includes("end_time")).sort();
}

function value(...path: readonly string[]): unknown {
  const text = server.written.get(JSON.stringify(path));
  return text === undefined ? undefined : JSON.parse(text);
}

const trace = (name: string, key: string, context = EMPTY_CONTEXT) =>
  value("meta", "chunks", HASH, "traces", context, name, key);

async function failureOf(promise: Promise<unknown>): Promise<TrackerUnreachableError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.instance(error, TrackerUnreachableError);
  return error as TrackerUnreachableError;
}

test("makes the run, records its values and ends it", async () => {
  const run = new Recording(ID);
  const tracker = createTracker(run, { repo: server.url, tags: ["first"] });
  await deliver(tracker, run, EVENTS);
  await tracker.finish("success");
  assert.equal(value("meta", "attrs", "hparams"), { lr: 0.5, layers: ["1n", "2n"] });
  assert.equal(value("meta", "chunks", HASH, "attrs", "seed"), "42n");
  assert.is(server.written.get('"name.setter"'), '"project"');
  assert.equal([...server.tags], ["first", "good"]);
  assert.equal(run.warnings.length, 1); // of the step back
  assert.match(run.warnings[0] ?? "", /one value per step.*loss/);
  assert.equal(trace("loss", "first"), 5);
  assert.equal(trace("loss", "last"), "Infinity");
  assert.equal(trace("loss", "last_step"), "8n");
  assert.equal(trace("loss", "min"), 3);
  assert.equal(trace("loss", "max"), "Infinity");
  assert.equal(trace("deep/x", "last_step"), "7n");
  assert.equal(trace("note", "last_step"), "1n");
  assert.equal(trace("img", "dtype"), "aim.image");
  assert.type(value("meta", "chunks", HASH, "end_time"), "number");
});

test("has the same result whenever the connection breaks, and in whatever portions it is repeated", async () => {
  const whole = new Recording(ID);
  await deliver(createTracker(whole, { repo: server.url }), whole, EVENTS);
  const expected = contentOf(server);
  const messages = server.messageBytes.length;
  assert.ok(messages > 15);
  for (let broken = 0; broken < messages; broken++) {
    const stub = await StubServer.start();
    const run = new Recording(ID);
    const options = { repo: stub.url };
    let tracker = createTracker(run, options);
    const first = 1 + (broken % EVENTS.length);
    stub.breakAfter = broken;
    let from = 0;
    for (let portion = first; from < EVENTS.length; portion = 1 + (portion % 4)) {
      const events = sequenced(EVENTS.slice(from, from + portion), from);
      try {
        await tracker.deliver(events, AbortSignal.timeout(10_000));
      } catch (error) {
        assert.instance(error, TrackerUnreachableError);
        stub.breakAfter = Number.POSITIVE_INFINITY;
        // Every other time it is another process that goes on.
        if (broken % 2 === 0) tracker = createTracker(new Recording(ID, run.state), options);
        continue;
      }
      run.state = tracker.state();
      from += events.length;
    }
    assert.equal(contentOf(stub), expected, `broken after ${broken} messages`);
    await stub.stop();
  }
});

test("goes on with a server that has forgotten it", async () => {
  const run = new Recording(ID);
  const tracker = createTracker(run, { repo: server.url });
  await deliver(tracker, run, [metrics({ loss: 1 })]);
  server.forget();
  await failureOf(deliver(tracker, run, [metrics({ loss: 2 })], 1));
  await deliver(tracker, run, [metrics({ loss: 2 })], 1);
  await tracker.finish("success");
  assert.equal(trace("loss", "last_step"), "1n");
});

const faults: [
  what: string,
  set: (stub: StubServer) => void,
  message: RegExp,
  permanent: boolean,
][] = [
  ["answers 500", (stub) => (stub.mood = 500), /answered 500/, false],
  ["answers 503", (stub) => (stub.mood = 503), /answered 503/, false],
  ["answers garbage", (stub) => (stub.mood = "garbage"), /Aim/, false],
  ["wants a login", (stub) => (stub.mood = 401), /answered 401.*headers/, true],
  ["has the run locked", (stub) => (stub.raises = { lock: "Timeout" }), /forceResume/, true],
  ["has its disk full", (stub) => (stub.refuses = () => "OSError"), /OSError/, false],
];
for (const [what, set, message, permanent] of faults) {
  test(`delivers later to a server that ${what}`, async () => {
    const run = new Recording(ID);
    const tracker = createTracker(run, { repo: server.url, headers: { "x-key": "hunter2" } });
    set(server);
    const error = await failureOf(deliver(tracker, run, EVENTS));
    assert.match(error.message, message);
    assert.not.match(error.message, "hunter2");
    assert.is(error.permanent, permanent);
    Object.assign(server, { mood: "ok", raises: {}, refuses: () => undefined });
    await deliver(tracker, run, EVENTS);
    await tracker.finish("success");
    assert.equal(trace("loss", "last_step"), "8n");
  });
}

test("stops waiting for a server that never answers when time is up", async () => {
  const run = new Recording(ID);
  const tracker = createTracker(run, { repo: server.url });
  server.mood = "hang";
  const started = performance.now();
  await failureOf(tracker.deliver(sequenced(EVENTS), AbortSignal.timeout(100)));
  server.mood = "ok";
  server.answerDelayMs = 60_000; // of writes
  await failureOf(tracker.deliver(sequenced(EVENTS), AbortSignal.timeout(300)));
  assert.ok(performance.now() - started < 30_000);
});

test("says that no server answers", async () => {
  const run = new Recording(ID);
  const closed = await StubServer.start();
  const tracker = createTracker(run, { repo: closed.url.replace("http:", "aim:") });
  await closed.stop();
  const error = await failureOf(deliver(tracker, run, EVENTS));
  assert.match(error.message, /cannot be reached.*ECONNREFUSED/);
  await failureOf(tracker.finish("success"));
});

test("fails with what the server refuses, and only with that", async () => {
  const run = new Recording(ID);
  const tracker = createTracker(run, { repo: server.url });
  server.refuses = (path) => (path.includes("bad") ? "ValueError" : undefined);
  const error = await tracker
    .deliver(sequenced([metrics({ bad: 1 })]), AbortSignal.timeout(5000))
    .catch((reason: unknown) => reason);
  assert.match((error as Error).message, "ValueError");
  assert.not.instance(error, TrackerUnreachableError);
  await deliver(tracker, run, [metrics({ good: 1 })]);
  assert.equal(trace("good", "last_step"), "0n");
});

test("keeps many small messages on their way, and not too many", async () => {
  const run = new Recording(ID);
  const tracker = createTracker(run, { repo: server.url });
  server.answerDelayMs = 2;
  const many = Array.from({ length: 500 }, (_, step) =>
    metrics({ loss: step, other: -step }, step),
  );
  const image = { data: new Uint8Array(200 * 200 * 3).map((_, i) => i * i), shape: [200, 200, 3] };
  await deliver(tracker, run, [...many, { type: "images", values: { image }, context: {} }]);
  assert.ok(server.messageBytes.length > 1000);
  assert.ok(server.mostInFlight > 16 && server.mostInFlight <= 64, `${server.mostInFlight}`);
  const sizes = server.messageBytes.slice(0, -10).sort((a, b) => a - b);
  assert.ok((sizes.at(-1) ?? 0) < 16_384);
  assert.ok((sizes[500] ?? 0) < 4000);
});

test("moves what a sequence or Aim cannot hold, and says so once", async () => {
  const run = new Recording(ID);
  const tracker = createTracker(run, { repo: server.url });
  const long = "k".repeat(1000);
  await deliver(tracker, run, [
    metrics({ loss: 1 }),
    metrics({ loss: "n/a", "": 2, "../x": 3, "/lead": 4, [long]: 5, none: null }),
    metrics({ loss: "n/a", none: null }),
    metrics({ mixed: [1, "a", null], several: [1, 2, 3], texts: ["a", "b"], when: new Date(0) }),
  ]);
  await tracker.finish("success");
  assert.equal(trace("loss", "dtype"), "float");
  assert.equal(trace("loss (text)", "last_step"), "1n");
  for (const name of ["(empty)", "../x", "/lead", long])
    assert.equal(trace(name, "last_step"), "0n");
  assert.equal(trace("mixed", "last"), { "aim.text": { data: { data: '[1,"a",null]' } } });
  assert.equal(trace("several", "dtype"), "aim.distribution");
  assert.equal(trace("texts", "record_max_length"), "2n");
  assert.equal(trace("when", "last"), {
    "aim.text": { data: { data: "1970-01-01T00:00:00.000Z" } },
  });
  assert.is(run.warnings.length, 3, run.warnings.join("\n"));
  assert.match(run.warnings[0] ?? "", /loss was another kind before.*loss \(text\)/);
  assert.match(run.warnings[1] ?? "", /none \(null\)/);
  assert.match(run.warnings[2] ?? "", /none \(null\) 2 times/);
});

test("the native object's calls are events of this tracker", async () => {
  const run = new Recording(ID);
  const tracker = createTracker(run, { repo: server.url });
  const aim = tracker.tracker;
  aim.track(0.5, { name: "loss", step: 3, context: { subset: "val" } });
  aim.track({ data: new Uint8Array(4), shape: [2, 2] }, { name: "img", caption: "four" });
  aim.set("seed", 1);
  aim.name = "renamed";
  aim.addTag("t");
  aim.close();
  assert.is(aim.hash, HASH);
  assert.is(aim.name, "renamed");
  assert.ok(run.events.every(({ target }) => target === "aim"));
  await deliver(tracker, run, run.events);
  assert.equal(trace("loss", "last_step", "5190394695475244853n"), "3n");
  assert.match(
    server.written.get(
      JSON.stringify(["meta", "chunks", HASH, "traces", EMPTY_CONTEXT, "img", "last"]),
    ) ?? "",
    "four",
  );
  assert.is(server.written.get('"name.setter"'), '"renamed"');
  assert.equal(value("meta", "chunks", HASH, "attrs", "seed"), "1n");
  assert.type(value("meta", "chunks", HASH, "end_time"), "number");
  await deliver(tracker, run, [metrics({ loss: 1 })], 6); // opens it again
  assert.is(value("meta", "chunks", HASH, "end_time"), null);
  await tracker.finish("success");
});

test("sends headers and a token with everything", async () => {
  process.env.__AIM_RT_BEARER_TOKEN__ = "secret";
  try {
    const run = new Recording(ID);
    const tracker = createTracker(run, { repo: server.url, headers: { "x-key": "1" } });
    await deliver(tracker, run, EVENTS);
    await tracker.finish("success");
    assert.not.match(JSON.stringify(tracker.state()), "secret");
  } finally {
    delete process.env.__AIM_RT_BEARER_TOKEN__;
  }
  assert.ok(server.headers.length > 5);
  assert.ok(server.headers.every((h) => h["x-key"] === "1" && h.authorization === "Bearer secret"));
});

const wrong: [AimOptions, RegExp][] = [
  [{ repo: "aim://user:word@host" }, /without user name/],
  [{ repo: "https://" }, /repository/],
  [{ runHash: "../../etc" }, /runHash/],
  [{ artifactsUri: "s3://bucket" }, /file: URL/],
];
for (const [options, message] of wrong) {
  test(`refuses ${JSON.stringify(options)}`, () => {
    assert.throws(() => createTracker(new Recording(ID), options), message);
  });
}

test("ends a run once, also when it is told again", async () => {
  const run = new Recording(ID);
  const tracker = createTracker(run, { repo: server.url });
  await tracker.finish("failure");
  const requests = server.headers.length;
  await tracker.finish("failure");
  const again = createTracker(new Recording(ID, tracker.state()), { repo: server.url });
  await again.finish("failure");
  assert.is(server.headers.length, requests);
});

test.run();
