import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LogValue } from "@acc/core";
import { encodePng } from "@acc/tracker-kit";
import { strFromU8 } from "fflate";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { goldenCalls, RED } from "./golden-calls.ts";
import { parseLines, readArchive } from "./read-archive.ts";
import { recordOffline } from "./record-offline.ts";
import { RUN_ID } from "./recording.ts";

const test = suite("what Comet archives hold");
const VECTORS = fileURLToPath(new URL("fixtures/vectors/offline-official", import.meta.url));

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
  const { recording, archives } = recordOffline({ mode: "create", name: "golden", tags: ["t1"] });
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
  const { recording, archives } = recordOffline();
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

test("records every kind of value: as a metric, as an other, or left out with a warning", async () => {
  const { recording, archives } = recordOffline();
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
  const { recording, archives } = recordOffline({ nestedMetrics: "bare" });
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
  await recording.deliverRest(1);
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
  const { recording, archives } = recordOffline();
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
  const { recording, archives } = recordOffline();
  const folder = mkdtempSync(join(tmpdir(), "acc-comet-artifact-"));
  mkdirSync(join(folder, "sub"));
  writeFileSync(join(folder, "sub", "weights.bin"), Uint8Array.of(0, 1, 2));
  writeFileSync(join(folder, "model.json"), "{}");
  const artifact = { name: "model", path: folder, type: "model" };
  recording.post({ type: "artifact", artifact, context: { step: 1, wallTimeMs: 5000 } });
  await recording.deliverRest();
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

test.run();
