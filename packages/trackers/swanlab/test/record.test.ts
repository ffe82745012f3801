import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fieldsOf, readRecords } from "@acc/test-kit/readers/record-log";
import { frameRecords } from "@acc/tracker-kit";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { RunStart } from "../src/format/point.ts";
import {
  columnRecord,
  configRecord,
  encodeRecord,
  FILE_HEADER,
  finishRecord,
  mediaRecord,
  type SwanLabRecord,
  scalarRecord,
  startRecord,
} from "../src/format/record.ts";

const test = suite("the file of a SwanLab run");
const file = readFileSync(new URL("fixtures/vectors/handwritten.swanlab", import.meta.url));
const START_MS = Date.UTC(2026, 0, 1);
const LOG = 16;

test("has the bytes of one that was made from the description of the format", () => {
  const payloads = readRecords(file, Buffer.from(FILE_HEADER).toString("hex")).map(
    ({ payload }) => payload,
  );
  const start: RunStart = {
    ...{ id: "hand0001", project: "parity", public: false, resume: "never" },
    ...{ name: "hand made", color: "#e7659d" },
  };
  const scalar = (key: string, step: number, value: number) =>
    scalarRecord({ key, step, value, timeMs: START_MS + step });
  const records: SwanLabRecord[] = [
    startRecord(start, START_MS),
    configRecord("/runs/files/config.yaml"),
    columnRecord({ key: "loss", type: "scalar" }),
    scalar("loss", 0, 0.5),
    scalar("loss", 1, Number.NaN),
    scalar("loss", 2, Infinity),
    columnRecord({ key: "train/acc", type: "scalar" }),
    scalar("train/acc", 2, 0),
    columnRecord({ key: "img", type: "image" }),
    mediaRecord({
      key: "img",
      type: "image",
      step: 3,
      timeMs: START_MS,
      files: [imageOf(payloads)],
    }),
    finishRecord({ state: "finished", error: undefined, timeMs: START_MS + 1000 }),
  ];
  // The lines of a terminal, which we do not record, are between them, and are counted.
  let [at, num] = [0, 0];
  const all = payloads.map((payload) => {
    const isLine = fieldsOf(payload).some(({ number }) => number === LOG);
    const record = isLine ? undefined : (records[at++] as SwanLabRecord);
    if (record?.num === undefined) num += 1;
    return record ? encodeRecord(record, num, START_MS) : payload;
  });
  assert.is(at, records.length);
  const written = Buffer.concat([FILE_HEADER, frameRecords(all, FILE_HEADER.length)]);
  assert.is(sha256(written), sha256(file));
});

/** The image of the file: 70 bytes, whose digits are in its record. */
function imageOf(payloads: readonly Buffer[]) {
  const text = payloads.map((payload) => payload.toString("latin1")).join();
  const [, sha256 = ""] = /@([0-9a-f]{64})/.exec(text) ?? [];
  return {
    ...{ name: `003-${sha256.slice(0, 8)}.png`, bytes: new Uint8Array(70), sha256 },
    caption: "a caption",
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

test.run();
