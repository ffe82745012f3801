import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { crc32c } from "../src/format/crc32c.ts";
import {
  doubleValue,
  fileVersionEvent,
  histogramValue,
  type SummaryValue,
  scalarValue,
  sessionEndInfo,
  sessionStartEvent,
  sessionStartInfo,
  summaryEvent,
  textValue,
} from "../src/format/event.ts";
import { frameRecord } from "../src/format/record.ts";
import { readEvents } from "./read-events.ts";

const test = suite("event file format");
const vectors = new URL("./fixtures/vectors/", import.meta.url);
type RecordVector = { name: string; payload: string; record: string; event: { wallTime: number } };
const records = JSON.parse(
  readFileSync(new URL("records.json", vectors), "utf8"),
) as RecordVector[];
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

test("crc32c gives the check value of the standard", () => {
  assert.is(crc32c(Buffer.from("123456789")), 0xe3069283);
});

test("records are framed as TensorBoard frames them, every one", () => {
  for (const { name, payload, record } of records) {
    assert.is(hex(frameRecord(Buffer.from(payload, "hex"))), record, name);
  }
});

const summary = (wallTime: number, step: number, ...values: SummaryValue[]) =>
  summaryEvent({ wallTimeMs: wallTime * 1000, step }, values);
const T = 1_700_000_000;
const HISTOGRAM = {
  ...{ min: -1, max: 2, count: 6, sum: 3, sumSquares: 7 },
  ...{ limits: [-1, 0, 1, 2], counts: [1, 2, 2, 1] },
};
const EVENTS: Record<string, Uint8Array> = {
  histogram: summary(T + 15, 0, histogramValue("h", HISTOGRAM)),
  file_version: fileVersionEvent(T * 1000),
  session_start_0: sessionStartEvent({ wallTimeMs: T * 1000, step: 0 }),
  session_start_3: sessionStartEvent({ wallTimeMs: (T + 2000) * 1000, step: 3 }),
  hparams_session_start: summary(
    T,
    0,
    sessionStartInfo(
      new Map<string, string | number | boolean>([
        ["bs", 32],
        ["opt", "adam"],
        ["lr", 0.1],
        ["amp", true],
      ]),
      T * 1000 + 500,
    ),
  ),
  nan: summary(T + 4, 3, scalarValue("loss", Number.NaN)),
  inf: summary(T + 5, 4, scalarValue("loss", Number.POSITIVE_INFINITY)),
  "-inf": summary(T + 6, 5, scalarValue("loss", Number.NEGATIVE_INFINITY)),
  big_int: summary(T + 7, 2 ** 31 - 1, scalarValue("bigint", 2 ** 24 + 1)),
  negative_step: summary(T + 8, -1, scalarValue("negstep", -0)),
  unicode_tag: summary(T + 9, 0, scalarValue("损失/ünïcødé 🙂", 1)),
  text: summary(T + 10, 0, textValue("note", "hello **md** 损")),
  hparams_session_end: summary(T + 17, 5, sessionEndInfo("success", 0)),
  big_step: summary(T + 5001, 2 ** 40, scalarValue("bigstep", 1)),
};
for (const [name, event] of Object.entries(EVENTS)) {
  test(`the event ${name} has the bytes of TensorBoard's own`, () => {
    const expected = records.find((record) => record.name === name);
    if (name === "hparams_session_end") {
      const time = Buffer.from(expected?.payload ?? "", "hex")
        .subarray(-8)
        .readDoubleLE();
      const ours = summary(T + 17, 5, sessionEndInfo("success", time * 1000));
      assert.is(hex(ours), expected?.payload);
    } else {
      assert.is(hex(event), expected?.payload);
    }
  });
}

test("an exact double has the bytes of TensorBoard's own", () => {
  const { payload = "" } = records.find(({ name }) => name === "scalars_0") ?? {};
  assert.ok(payload.includes(hex(doubleValue("loss64", 1).finish())));
});

test("the test's own reader reads TensorBoard's files, truncated ones up to the damage", () => {
  const read = (path: string) => readEvents(new URL(path, vectors).pathname);
  const truncated = read("official/truncated/events.out.tfevents.1700003000.host.1.0");
  assert.is(truncated.length, 4);
  const outOfOrder = read("official/outoforder/events.out.tfevents.1700004000.host.1.0");
  assert.equal(
    outOfOrder.slice(1).map((event) => event.step),
    [5, 3, 7, 1, 1],
  );
});

test.run();
