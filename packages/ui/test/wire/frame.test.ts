import { deepStrictEqual } from "node:assert/strict";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeFrame, encodeFrame } from "../../src/wire/frame.ts";
import type { ColumnSeries, RawSeries } from "../../src/wire/series.ts";

const test = suite("frames");

const facts = { run: "r", key: "k", count: 3, total: 9, nonFinite: 1, notPositive: 2 };

function columns(values: readonly number[], more: Partial<ColumnSeries> = {}): ColumnSeries {
  const array = (): Float64Array => Float64Array.from(values);
  const arrays = { first: array(), min: array(), max: array(), last: array(), mean: array() };
  const marks = Uint8Array.from(values, (_, index) => index);
  return { layout: "columns", ...facts, x0: -1, x1: 7.5, ...arrays, marks, ...more };
}

function roundTrip(...all: Parameters<typeof encodeFrame>[0][number][]) {
  return decodeFrame(encodeFrame(all).buffer);
}

test("points come back bit by bit, with NaN, infinities and -0", () => {
  const y = Float64Array.of(1 / 3, Number.NaN, Number.POSITIVE_INFINITY, -0, 5e-324);
  const raw: RawSeries = {
    ...{ layout: "raw", ...facts, x0: 0, x1: 4, x: Float64Array.of(0, 1, 2, 3, 4), y },
    ...{ smoothed: y, marks: Uint8Array.of(0, 1, 2, 0, 0) },
  };
  const { run: _, key: __, ...expected } = raw;
  deepStrictEqual(roundTrip(raw), [{ ...expected }]);
  const smoothed = Float64Array.of(1, 2, 3, 4, 5);
  deepStrictEqual(roundTrip({ ...raw, smoothed }), [{ ...expected, smoothed }]);
});

test("an odd number of columns, series without an answer between them, neighbours beyond the edges", () => {
  const [one, none, two] = roundTrip(
    columns([1, 2, 4], { before: { x: -2, y: 0.1 } }),
    undefined,
    columns([-3], { after: { x: 9, y: Number.NaN } }),
  );
  assert.is(none, undefined);
  if (one?.layout !== "columns" || two?.layout !== "columns") throw new Error("not columns");
  assert.equal([one.x0, one.x1, one.count, one.total], [-1, 7.5, 3, 9]);
  assert.equal([one.nonFinite, one.notPositive, one.base], [1, 2, 1]);
  assert.equal(
    Array.from(one.max, (value) => value + one.base),
    [1, 2, 4],
  );
  assert.equal(Array.from(one.marks), [0, 1, 2]);
  assert.equal(one.before, { x: -2, y: 0.1 });
  assert.is(one.after, undefined);
  deepStrictEqual(two.after, { x: 9, y: Number.NaN });
});

test("float32 loses nothing that can be seen: far from 0, near 0, and with the largest numbers", () => {
  const far = [1e9 + 0.25, 1e9 + 0.5, 1e9 + 1];
  const near = [1e-12, 3e-12, 1];
  const huge = [-1.7e308, Number.NaN, 1.7e308];
  for (const values of [far, near, huge, [-1e-9, 0, 5], [-2, -1]]) {
    const [series] = roundTrip(columns(values));
    if (series?.layout !== "columns") throw new Error("not columns");
    for (const [index, expected] of values.entries()) {
      const value = series.base + (series.mean[index] as number);
      const span = Math.max(Math.abs(expected), 0);
      if (Number.isNaN(expected)) assert.ok(Number.isNaN(value));
      else assert.ok(Math.abs(value - expected) <= span * 1e-7, `${value} for ${expected}`);
    }
  }
});

test("bytes of something else, and of another version, are refused", () => {
  assert.throws(() => decodeFrame(new ArrayBuffer(8)), /no frame/);
  assert.throws(() => decodeFrame(new ArrayBuffer(64)), /no frame/);
  const { buffer } = encodeFrame([]);
  new DataView(buffer).setUint32(4, 2, true);
  assert.throws(() => decodeFrame(buffer), /reload/);
});

test.run();
