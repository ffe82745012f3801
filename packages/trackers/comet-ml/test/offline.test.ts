import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LogValue } from "@acc/core";
import { encodePng } from "@acc/tracker-kit";
import { strFromU8 } from "fflate";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { CometOptions } from "../src/comet-options.ts";
import { goldenCalls, RED } from "./golden-calls.ts";
import { parseLines, readArchive } from "./read-archive.ts";
import { Recording, RUN_ID } from "./recording.ts";

const test = suite("Comet archives");
const VECTORS = fileURLToPath(new URL("fixtures/vectors/offline-official", import.meta.url));

function record(options: CometOptions = {}): { recording: Recording; archives: string } {
  const archives = mkdtempSync(join(tmpdir(), "acc-comet-archives-"));
  const offline = { online: false, offlineDirectory: archives, workspace: "ws", ...options };
  return { recording: new Recording(offline), archives };
}

/** A message without what differs between two runs, and between two encoders. */
function normalise({ type, payload }: ReturnType<typeof parseLines>[number]): string {
  const text = JSON.stringify({ type, payload }, (key, value) => {
    if (["message_id", "local_timestamp", "assetId", "imageId", "clean"].includes(key)) return 0;
    if (key === "file_path") return "";
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? Object.fromEntries(Object.entries(value).sort()) : value;
  });
  return text;
}

test("holds what the official client writes for the same calls, line by line", async () => {
  const { recording, archives } = record({ mode: "create", name: "golden", tags: ["t1"] });
  goldenCalls(recording);
  await recording.finish();
  const ours = readArchive(archives);
  const official = parseLines(readFileSync(join(VECTORS, "messages.json"), "utf8"));
  assert.is(ours.name, `${RUN_ID}.zip`);
  // The official client cuts the long parameter off; we keep the whole text as a file, too.
  const isExtra = (line: string) => line.includes('"long.txt"');
  const lines = ours.messages.map(normalise);
  assert.is(lines.filter(isExtra).length, 1);
  assert.equal(
    lines.filter((line) => !isExtra(line)),
    official.map(normalise).filter((line) => !line.includes("process duration")),
  );
  assert.equal(
    ours.messages.map(({ payload }) => payload.message_id),
    ours.messages.map((_, index) => index + 1),
  );
  const wanted = JSON.parse(readFileSync(join(VECTORS, "experiment.json"), "utf8"));
  const { start_time, stop_time, ...rest } = ours.experiment;
  assert.is(start_time, 1_700_000_000_000);
  assert.ok(Number.isInteger(stop_time) && stop_time > start_time);
  assert.equal(
    { ...rest, start_time: 0, stop_time: 0 },
    { ...wanted, start_time: 0, stop_time: 0 },
  );
});

test("holds every file under the name that its message says", async () => {
  const { recording, archives } = record();
  goldenCalls(recording);
  await recording.finish();
  const { messages, files } = readArchive(archives);
  const contentOf = (name: string) => {
    const { payload } = messages.find(
      (message) =>
        message.type === "file_upload" &&
        [
          message.payload.additional_params.fileName,
          message.payload.additional_params.figName,
        ].includes(name),
    ) as (typeof messages)[number];
    return files[payload.file_path] as Uint8Array;
  };
  assert.is(strFromU8(contentOf("t.csv")), "n,s\r\n1,a\r\n2,b\r\n");
  assert.is(strFromU8(contentOf("data.json")), '{"a":1}');
  assert.is(strFromU8(contentOf("auto-generated-in-the-backend")), "hello");
  assert.is(strFromU8(contentOf("long.txt")), "x".repeat(6000));
  assert.equal(Buffer.from(contentOf("sub/img.png")), Buffer.from(encodePng(RED).png));
  const references = messages.filter(({ type }) => type === "file_upload");
  assert.is(references.length, Object.keys(files).length);
});

test("records every kind of value: as a metric, as an other, or left out with a word", async () => {
  const { recording, archives } = record();
  const values: Record<string, LogValue> = {
    number: 0.5,
    nan: Number.NaN,
    minus: Number.NEGATIVE_INFINITY,
    big: 12n,
    huge: 9007199254740993n,
    yes: true,
    one: Float32Array.of(4),
    text: "hello",
    when: new Date(0),
    list: [1, "a", null],
    series: Float64Array.of(1, 2),
    nothing: null,
    missing: undefined,
    "/lead/../x": 1,
    nested: { a: { b: 2 }, note: "inner", none: null },
    ["k".repeat(1000)]: 3,
    "lone \ud800": 5,
    "": 6,
    essay: "y".repeat(3000),
  };
  recording.post({ type: "metrics", values, context: { step: 3, wallTimeMs: 5000 } });
  recording.post({ type: "metrics", values: { nothing: null }, context: { wallTimeMs: 6000 } });
  await recording.finish();
  const { messages, files } = readArchive(archives);
  const metrics = messages
    .filter(({ type }) => type === "metric_msg")
    .map(({ payload }) => [payload.metric.metricName, payload.metric.metricValue]);
  assert.equal(metrics, [
    ["number", 0.5],
    ["nan", "NaN"],
    ["minus", "-Infinity"],
    ["big", 12],
    ["huge", "9007199254740993"],
    ["yes", "True"],
    ["one", 4],
    ["/lead/../x", 1],
    ["nested/a/b", 2],
    [`${"k".repeat(88)} [truncated]`, 3],
    ["lone \ufffd", 5],
    ["", 6],
  ]);
  const others = messages
    .filter(({ type }) => type === "log_other")
    .map(({ payload }) => [payload.key, payload.value]);
  assert.equal(others, [
    ["offline_experiment", true],
    ["text", "hello"],
    ["when", "1970-01-01T00:00:00.000Z"],
    ["list", '[1,"a",null]'],
    ["series", "[1,2]"],
    ["nested/note", "inner"],
    ["essay", `${"y".repeat(988)} [truncated]`],
  ]);
  assert.is(strFromU8(Object.values(files)[0] as Uint8Array), "y".repeat(3000));
  assert.equal(
    recording.warnings.map((warning) => /cannot hold ([^:]+):/.exec(warning)?.[1] ?? warning),
    [
      "nothing (null)",
      "missing (undefined)",
      "nested/none (null)",
      "Comet could not hold these values, which were left out: nothing (null) 2 times, " +
        "missing (undefined) 1 times, nested/none (null) 1 times.",
    ],
  );
  assert.equal(readdirSync(recording.folder), ["run"]);
});

test("keeps step and epoch until another is given, and says when they change", async () => {
  const { recording, archives } = record({ nestedMetrics: "bare" });
  const log = (step: number | undefined, options?: Record<string, LogValue>) =>
    recording.post({
      type: "metrics",
      values: { m: { a: 1 } },
      context: {
        wallTimeMs: 5000,
        ...(step === undefined ? {} : { step }),
        ...(options ? { options } : {}),
      },
    });
  log(undefined);
  log(2);
  log(undefined, { epoch: 1, context: "train" });
  log(2);
  log(1.5);
  log(-1);
  log(Number.NaN);
  await recording.deliver(1);
  recording.restart();
  log(undefined);
  await recording.finish();
  const rows = readArchive(archives).messages.flatMap(({ type, payload }) => {
    if (type === "metric_msg") {
      const { metricName, step, epoch } = payload.metric;
      return [[metricName, step, epoch, payload.context ?? null]];
    }
    return type === "parameter_msg" ? [[payload.param.paramName, payload.param.paramValue]] : [];
  });
  assert.equal(rows, [
    ["a", null, null, null],
    ["curr_step", 2],
    ["a", 2, null, null],
    ["curr_epoch", 1],
    ["a", 2, 1, "train"],
    ["a", 2, 1, null],
    ["curr_step", 1.5],
    ["a", 1.5, 1, null],
    ["curr_step", -1],
    ["a", -1, 1, null],
    ["a", -1, 1, null],
    ["a", -1, 1, null],
  ]);
  assert.match(recording.warnings[0] ?? "", /the step NaN/);
});

test("a configuration of any kind becomes parameters", async () => {
  const { recording, archives } = record();
  const config = {
    layers: [1, 2],
    objects: [{ a: 1 }],
    deep: { when: new Date(0), empty: {}, big: 2n ** 60n },
    bytes: Uint8Array.of(1, 2),
    long: Array.from({ length: 400 }, () => 12345),
    none: undefined,
  };
  recording.post({ type: "config", values: config });
  await recording.finish();
  const { messages } = readArchive(archives);
  const parameters = messages
    .filter(({ type }) => type === "parameter_msg")
    .map(({ payload: { param, params } }) => {
      const { paramName, paramValue } = param ?? params;
      return [paramName, paramValue];
    });
  const long = JSON.stringify(config.long);
  assert.equal(parameters, [
    ["bytes", [1, 2]],
    ["deep|big", "1152921504606846976"],
    ["deep|empty", "{}"],
    ["deep|when", "1970-01-01T00:00:00.000Z"],
    ["layers", [1, 2]],
    ["long", `${long.slice(0, 988)} [truncated]`],
    ["none", null],
    ["objects", '[{"a":1}]'],
  ]);
});

test("keeps files and folders, whatever becomes of the originals", async () => {
  const { recording, archives } = record();
  const folder = mkdtempSync(join(tmpdir(), "acc-comet-artifact-"));
  mkdirSync(join(folder, "sub"));
  writeFileSync(join(folder, "sub", "weights.bin"), Uint8Array.of(0, 1, 2));
  writeFileSync(join(folder, "model.json"), "{}");
  const artifact = { name: "model", path: folder, type: "model" };
  recording.post({ type: "artifact", artifact, context: { step: 1, wallTimeMs: 5000 } });
  await recording.deliver();
  writeFileSync(join(folder, "model.json"), "changed");
  await recording.finish();
  const { messages, files } = readArchive(archives);
  const uploads = messages.filter(({ type }) => type === "file_upload");
  assert.equal(
    uploads.map(({ payload: { additional_params, file_path, metadata } }) => [
      ...[additional_params.fileName, additional_params.extension, additional_params.step],
      ...[metadata.type, [...(files[file_path] as Uint8Array)]],
    ]),
    [
      ["model/model.json", "json", 1, "model", [123, 125]],
      ["model/sub/weights.bin", "bin", 1, "model", [0, 1, 2]],
    ],
  );
});

test("a recording that is killed at any moment ends as if it had not been", async () => {
  const undisturbed = record();
  goldenCalls(undisturbed.recording);
  await undisturbed.recording.finish();
  const withoutTimes = ({ archives }: { archives: string }) => {
    const { experiment, messages, files, name } = readArchive(archives);
    for (const { payload } of messages) delete payload.local_timestamp;
    const contents = Object.entries(files).map(([path, bytes]) => [path, [...bytes].join()]);
    const entries = Object.fromEntries(contents.sort());
    return { name, messages, entries, experiment: { ...experiment, stop_time: 0 } };
  };
  const wanted = withoutTimes(undisturbed);
  for (const [first, second] of [
    [1, 3],
    [4, 1],
    [7, 10],
  ] as const) {
    const disturbed = record();
    const { recording } = disturbed;
    goldenCalls(recording);
    const batch = (from: number, to: number) => structuredClone(recording.events.slice(from, to));
    const { signal } = new AbortController();
    // What is delivered and not saved is lost with the process; its bytes stay.
    await recording.tracker.deliver(batch(0, first), signal);
    recording.restart();
    await recording.deliver(second);
    await recording.tracker.deliver(batch(0, first), signal);
    const messages = join(recording.folder, "run", "archive", "messages.json");
    assert.ok(existsSync(messages));
    appendFileSync(messages, '{"half a li');
    recording.restart();
    await recording.finish();
    assert.equal(withoutTimes(disturbed), wanted);
  }
});

test("ends twice without a difference, also in another process", async () => {
  const { recording, archives } = record();
  goldenCalls(recording);
  await recording.finish("failure");
  const [name] = readdirSync(archives);
  const before = readFileSync(join(archives, name as string));
  await recording.tracker.finish("failure");
  recording.restart();
  await recording.tracker.finish("success");
  assert.ok(before.equals(readFileSync(join(archives, name as string))));
  assert.not.ok(existsSync(join(recording.folder, "run", "archive")));
});

test("`end` of the experiment writes the archive at once, and what follows is added", async () => {
  const { recording, archives } = record();
  recording.tracker.tracker.logMetric("m", 1);
  recording.tracker.tracker.end();
  await recording.deliver();
  assert.is(readArchive(archives).messages.length, 2);
  recording.tracker.tracker.logMetric("m", 2);
  await recording.finish();
  assert.is(readArchive(archives).messages.length, 3);
});

test("an archive that cannot be written yet costs a warning, and no line twice", async () => {
  const { recording, archives } = record();
  rmSync(archives, { recursive: true });
  writeFileSync(archives, "in the way");
  recording.tracker.tracker.logMetric("m", 1);
  recording.tracker.tracker.end();
  await recording.deliver();
  assert.match(recording.warnings[0] ?? "", /cannot be written now/);
  rmSync(archives);
  await recording.finish();
  assert.is(readArchive(archives).messages.length, 2);
});

test("a run without a value is an archive, too", async () => {
  const { recording, archives } = record({ name: "empty", tags: ["a", "a"] });
  await recording.finish();
  const { messages, experiment } = readArchive(archives);
  assert.equal(
    messages.map(({ payload }) => payload.key),
    ["offline_experiment", "Name"],
  );
  assert.equal(experiment.tags, ["a"]);
  assert.is(experiment.resume_strategy, "get_or_create");
});

test("a call that Comet does not have fails alone", async () => {
  const { recording } = record();
  recording.post({ type: "call", method: "fly", args: [], context: {} });
  await recording.deliver().then(
    () => assert.unreachable(),
    (error) => assert.match(error.message, /no method "fly"/),
  );
});

test.run();
