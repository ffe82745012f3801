import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  Accelerator,
  type AcceleratorError,
  type GeneralTracker,
  image,
  LoggerType,
  registerTracker,
  table,
} from "../../src/index.ts";
import { RecordingTracker } from "./recording-tracker.ts";

const test = suite("trackers");
const warnings: string[] = [];
process.on("warning", (warning) => warnings.push(warning.message));

function codeOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return `${(error as AcceleratorError).code} ${(error as Error).message}`;
  }
  return "no error";
}

test("get the configuration, then everything in the order it was logged, tensors read", async () => {
  const tracker = new RecordingTracker();
  const accelerator = new Accelerator({ logWith: tracker });
  const config = { lr: 0.1, layers: [1, 2], nested: { a: null }, when: new Date(0) };
  await accelerator.initTrackers("project", { config });
  const loss = tf.scalar(0.5);
  const values = { first: 1, list: [1, 2] };
  accelerator.log(values, { step: 0 });
  values.first = 99;
  values.list.push(3);
  accelerator.log({ loss, deep: { matrix: tf.ones([1, 2]), text: "t" } }, { step: 1 });
  loss.dispose();
  accelerator.log({ last: true });
  const image = { data: Uint8Array.of(1, 2, 3, 4), shape: [2, 2] };
  accelerator.logImages({ image, drawn: tf.zeros([1, 1, 3]) });
  await accelerator.endTraining();
  assert.equal(tracker.calls, [
    ["start"],
    ["config", config],
    ["log", { first: 1, list: [1, 2] }, 0],
    ["log", { loss: 0.5, deep: { matrix: [[1, 1]], text: "t" } }, 1],
    ["log", { last: true }, undefined],
    ["images", { image, drawn: { data: Float32Array.of(0, 0, 0), shape: [1, 1, 3] } }],
    ["finish", "success"],
  ]);
  await accelerator.endTraining();
  assert.is(tracker.calls.length, 7, "a second end does nothing");
});

test("get images, tables and artifacts, also from among the values of log", async () => {
  const tracker = new RecordingTracker();
  const accelerator = new Accelerator({ logWith: tracker });
  await accelerator.initTrackers("project");
  const pixels = { data: Uint8Array.of(1, 2, 3, 4), shape: [2, 2] };
  const drawn = tf.zeros([1, 1, 3]);
  const worst = table([{ id: 1, loss: tf.scalar(0.5) }, { id: 2 }]);
  accelerator.log(
    {
      loss: 1,
      sample: image(pixels),
      eval: { accuracy: 0.5, drawn: image(drawn as tf.Tensor3D), worst },
    },
    { step: 3 },
  );
  drawn.dispose();
  accelerator.log({ only: image(pixels) }, { step: 4 });
  accelerator.logTable({ grid: { columns: ["a", "b"], rows: [[1, "x"]] } }, { step: 4 });
  accelerator.logArtifact(import.meta.filename, { type: "code" });
  await accelerator.endTraining();
  const rows = [
    [1, 0.5],
    [2, null],
  ];
  const read = { data: Float32Array.of(0, 0, 0), shape: [1, 1, 3] };
  assert.equal(tracker.calls, [
    ["start"],
    ["log", { loss: 1, eval: { accuracy: 0.5 } }, 3],
    ["images", { sample: pixels, "eval/drawn": read }],
    ["table", { "eval/worst": { columns: ["id", "loss"], rows } }],
    ["images", { only: pixels }],
    ["table", { grid: { columns: ["a", "b"], rows: [[1, "x"]] } }],
    ["artifact", { name: "trackers.test.ts", path: import.meta.filename, type: "code" }],
    ["finish", "success"],
  ]);
});

test("refuse media that are none, before anything is logged", async () => {
  const tracker = new RecordingTracker();
  const accelerator = new Accelerator({ logWith: tracker });
  await accelerator.initTrackers("project");
  const wrongSize = { data: new Uint8Array(3), shape: [2, 2] };
  const attempts: [() => unknown, RegExp][] = [
    [() => accelerator.log({ loss: 1, drawing: image(wrongSize) }), /VALUE_INVALID.*"drawing"/],
    [
      () => accelerator.log({ loss: 1, t: table({ columns: ["a"], rows: [[1, 2]] }) }),
      /VALUE_INVALID.*"t".*row 0/,
    ],
    [() => accelerator.logTable({ t: [1, 2] as never }), /VALUE_INVALID.*row 0 is not an object/],
    [() => accelerator.logArtifact("nothing/here.bin"), /VALUE_INVALID.*nothing\/here\.bin/],
  ];
  for (const [attempt, expected] of attempts) assert.match(codeOf(attempt), expected);
  await accelerator.endTraining();
  assert.equal(tracker.calls, [["start"], ["finish", "success"]]);
});

test("of one run do not disturb each other: a failing one warns once and is reported", async () => {
  warnings.length = 0;
  const good = new RecordingTracker("good");
  const bad = new RecordingTracker("bad", ["log"]);
  const dead = new RecordingTracker("dead", ["start"]);
  const accelerator = new Accelerator({ logWith: [bad, good, dead] });
  await accelerator.initTrackers("project", { config: {} });
  for (let step = 0; step < 5; step++) accelerator.log({ step }, { step });
  await accelerator.endTraining();
  await new Promise((resolve) => setImmediate(resolve));
  assert.is(good.calls.length, 2 + 5 + 1);
  assert.equal(
    bad.calls.map((call) => (call as unknown[])[0]),
    ["start", "config", "finish"],
  );
  assert.equal(dead.calls, []);
  const ofBad = warnings.filter((warning) => warning.includes('"bad"'));
  assert.is(ofBad.length, 2, warnings.join("\n"));
  assert.match(ofBad[0] ?? "", "no log today");
  assert.match(ofBad[1] ?? "", "5 calls");
  assert.is(warnings.filter((warning) => warning.includes('"dead"')).length, 2);
});

test("fail the run at its end in strict mode", async () => {
  const accelerator = new Accelerator({ logWith: new RecordingTracker("bad", ["log"]) });
  await accelerator.initTrackers("project", { strict: true });
  accelerator.log({ a: 1 });
  const error: AcceleratorError = await accelerator.endTraining().then(
    () => assert.unreachable(),
    (reason) => reason,
  );
  assert.is(error.code, "TRACKER_FAILED");
  assert.match(error.message, "no log today");
});

test("can be registered by name, chosen with names, instances and all of them", async () => {
  const made: unknown[] = [];
  registerTracker({
    name: "homemade",
    requiresLoggingDirectory: false,
    create: ({ run, ...creation }) => {
      made.push({ ...creation, state: run.state, isReplay: run.isReplay });
      return new RecordingTracker("homemade");
    },
  });
  const own = new RecordingTracker("own");
  const accelerator = new Accelerator({ logWith: ["homemade", own, "homemade"] });
  await accelerator.initTrackers("project", { initOptions: { homemade: { color: "red" } } });
  assert.equal(made, [
    {
      ...{ projectName: "project", loggingDir: undefined, options: { color: "red" } },
      ...{ state: undefined, isReplay: false },
    },
  ]);
  accelerator.log({ a: 1 });
  assert.is(accelerator.getTracker("own"), own);
  assert.is(accelerator.getTracker("own", { unwrap: true }), own.calls);
  const homemade = accelerator.getTracker("homemade", { unwrap: true });
  await accelerator.endTraining();
  assert.equal(homemade, [["start"], ["log", { a: 1 }, undefined], ["finish", "success"]]);
  assert.match(
    codeOf(() => accelerator.getTracker("wandb")),
    /TRACKER_UNKNOWN.*homemade, own/,
  );

  const all = new Accelerator({ logWith: [LoggerType.All, own] });
  await all.initTrackers("project");
  assert.instance(all.getTracker("homemade"), RecordingTracker);
  await all.endTraining();
});

test("are refused when they are unknown, not installed, incomplete, or called alike", () => {
  assert.match(
    codeOf(() => new Accelerator({ logWith: "nonsense" })),
    /TRACKER_UNKNOWN.*"nonsense".*tensorboard/,
  );
  assert.match(
    codeOf(() => new Accelerator({ logWith: LoggerType.CometML })),
    /TRACKER_UNKNOWN.*npm install @acc\/tracker-comet-ml/,
  );
  const incomplete = { name: "half", log() {} } as unknown as GeneralTracker;
  assert.match(
    codeOf(() => new Accelerator({ logWith: incomplete })),
    /TRACKER_INVALID.*requiresLoggingDirectory, tracker, start\(\), storeInitConfiguration\(\), finish\(\)/,
  );
  assert.match(
    codeOf(() => new Accelerator({ logWith: [new RecordingTracker(), new RecordingTracker()] })),
    /TRACKER_INVALID/,
  );
  class Writes extends RecordingTracker {
    override readonly requiresLoggingDirectory = true;
  }
  assert.match(
    codeOf(() => new Accelerator({ logWith: new Writes("writes") })),
    /TRACKER_NEEDS_DIRECTORY.*projectDir/,
  );
  assert.is(
    codeOf(() => new Accelerator({ logWith: new Writes("writes"), projectDir: "." })),
    "no error",
  );
  for (const plugin of [
    {},
    { name: "" },
    { name: "x", requiresLoggingDirectory: "yes" },
    { name: "all" },
  ]) {
    assert.match(
      codeOf(() => registerTracker(plugin as never)),
      /TRACKER_INVALID/,
    );
  }
});

test("take the directories of the project", () => {
  const directories = (options: object) => {
    const { projectDir, loggingDir } = new Accelerator(options);
    return [projectDir, loggingDir];
  };
  assert.equal(directories({}), [undefined, undefined]);
  assert.equal(directories({ projectDir: "p" }), ["p", "p"]);
  assert.equal(directories({ projectDir: "p", loggingDir: "l" }), ["p", "l"]);
  assert.equal(directories({ projectConfiguration: { loggingDir: "l" }, projectDir: "p" }), [
    "p",
    "l",
  ]);
  assert.equal(directories({ projectConfiguration: { projectDir: "c" }, projectDir: "p" }), [
    "c",
    "c",
  ]);
  assert.match(
    codeOf(() => directories({ projectDir: "" })),
    /OPTION_INVALID/,
  );
});

test("refuse logs before they start, after they have ended, and of what is no value", async () => {
  const accelerator = new Accelerator({ logWith: new RecordingTracker() });
  assert.match(
    codeOf(() => accelerator.log({ a: 1 })),
    /STATE_INVALID.*initTrackers/,
  );
  await accelerator.initTrackers("project");
  assert.is(
    await accelerator.initTrackers("project").catch((error) => error.code),
    "STATE_INVALID",
  );
  assert.match(
    codeOf(() => accelerator.log(3 as never)),
    /VALUE_INVALID/,
  );
  assert.match(
    codeOf(() => accelerator.log({ a: 1 }, { step: 0.5 })),
    /OPTION_INVALID/,
  );
  const gone = tf.scalar(1);
  gone.dispose();
  assert.match(
    codeOf(() => accelerator.log({ deep: { gone } })),
    /TENSOR_DISPOSED.*deep\/gone/,
  );
  await accelerator.endTraining();
  assert.match(
    codeOf(() => accelerator.log({ a: 1 })),
    /TRACKERS_CLOSED.*endTraining/,
  );
  const silent = new Accelerator();
  silent.log({ a: 1 }); // no trackers: nothing to lose
  assert.is(await silent.initTrackers("").catch((error) => error.code), "OPTION_INVALID");
});

test.run();
