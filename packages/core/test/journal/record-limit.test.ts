import { suite } from "@acc/test-kit/suite";
import * as assert from "uvu/assert";
import { encodeRecord } from "../../src/journal/journal-record.ts";
import { fitEvent, MAX_EVENT_BYTES, sizeBound } from "../../src/tracker-contract/event-size.ts";
import type { LogValue, LogValues } from "../../src/tracker-contract/log-value.ts";
import type { TrackerEvent } from "../../src/tracker-contract/tracker-event.ts";

const test = suite("values for which the journal has no place");
const MIB = 2 ** 20;

const metrics = (values: LogValues): TrackerEvent => ({ type: "metrics", values, context: {} });

/** Names of the values that stay, and of those that are refused. */
function fit(values: LogValues): { kept: string[]; refused: string[] } {
  const refused: string[] = [];
  const event = metrics(values);
  const fitting = fitEvent(event, sizeBound(event), (name) => refused.push(name));
  const left = fitting?.type === "metrics" ? fitting.values : {};
  return { kept: Object.keys(left), refused };
}

test("are refused by name, the largest first, as few as possible", () => {
  const bytes = (count: number): Uint8Array => new Uint8Array(count);
  assert.equal(fit({ a: 1, b: bytes(374 * MIB) }), { kept: ["a", "b"], refused: [] });
  assert.equal(fit({ a: 1, b: bytes(376 * MIB) }), { kept: ["a"], refused: ["b"] });
  const three = { a: bytes(150 * MIB), b: bytes(200 * MIB), c: bytes(100 * MIB) };
  assert.equal(fit(three), { kept: ["a", "c"], refused: ["b"] });
  assert.equal(fit({ a: { deep: [bytes(376 * MIB)] } }), { kept: [], refused: ["a"] });
});

test.slow("are measured by what they take: a text of plain letters by its length", () => {
  assert.equal(fit({ text: "x".repeat(200 * MIB) }), { kept: ["text"], refused: [] });
  assert.equal(fit({ text: "\u0001".repeat(90 * MIB) }), { kept: [], refused: ["text"] });
});

test("never take more than their bound says", () => {
  const clamped = new Uint8ClampedArray(5) as unknown as LogValue;
  const values: LogValue[] = [
    ...[0, -0, Number.NaN, Number.NEGATIVE_INFINITY, -1.2345678901234567e-308, 2 ** 53, 1e21],
    ...["", "é\u0000\ud800漢😀", true, null, undefined, 12345678901234567890n, -(7n ** 300n)],
    ...[new Date(0), new Date(Number.NaN), new Float64Array(3), clamped],
    ...[[], [[1, [2]]], {}, { $: 1, "\u0001": { $: "x" } }],
  ];
  const rest = encodeRecord({ ...metrics({}), sequence: 2 ** 53 }).length;
  for (const value of values) {
    for (const given of [{ value }, { list: [value, value] }, { a: { b: value } }]) {
      const event = metrics(given);
      const taken = encodeRecord({ ...event, sequence: 2 ** 53 }).length - rest;
      assert.ok(taken <= sizeBound(event), `${String(value)}: ${taken} bytes`);
    }
  }
  assert.ok(MAX_EVENT_BYTES < 2 ** 29);
});

test.run();
