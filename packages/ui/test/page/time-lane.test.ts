import { suite } from "uvu";
import * as assert from "uvu/assert";
import { meanShares, timeLane } from "../../src/page/model/time-lane.ts";
import { decodeFrame, encodeFrame, type SeriesFrame } from "../../src/wire/frame.ts";
import type { Series } from "../../src/wire/series.ts";

const test = suite("the time line of a replica");

const facts = { run: "r", key: "k", total: 0, nonFinite: 0, notPositive: 0 };

function framed(series: Series): SeriesFrame {
  return decodeFrame(encodeFrame([series]).buffer)[0] as SeriesFrame;
}

function samples(x: readonly number[], percents: readonly number[]): SeriesFrame {
  const y = Float64Array.from(percents);
  const range = { count: x.length, x0: x[0] ?? 0, x1: x.at(-1) ?? 0 };
  const marks = new Uint8Array(x.length);
  return framed({
    ...{ layout: "raw", ...facts, ...range, marks },
    ...{ x: Float64Array.from(x), y, smoothed: y },
  });
}

function columns(percents: readonly number[]): SeriesFrame {
  const y = (): Float64Array => Float64Array.from(percents);
  const arrays = { first: y(), min: y(), max: y(), last: y(), mean: y() };
  const marks = new Uint8Array(percents.length);
  const range = { count: percents.length, x0: 0, x1: 100 };
  return framed({ layout: "columns", ...facts, ...range, ...arrays, marks });
}

test("each sample tells of the time since the one before", () => {
  const parts = timeLane(samples([10, 20, 40], [50, 0, 25]), samples([10, 20, 40], [50, 10, 100]));
  assert.equal(parts, [
    { from: 0, to: 10, waiting: 0.5, loading: 0.5 },
    { from: 10, to: 20, waiting: 0, loading: 0.1 },
    { from: 20, to: 40, waiting: 0.25, loading: 0.75 },
  ]);
  const { waiting, loading } = meanShares(parts);
  assert.is(waiting, (5 + 0 + 5) / 40);
  assert.is(loading, (5 + 1 + 15) / 40);
});

test("one sample, and columns without any", () => {
  assert.equal(timeLane(samples([7], [10]), samples([7], [0])), [
    { from: 0, to: 7, waiting: 0.1, loading: 0 },
  ]);
  assert.equal(meanShares([]), { waiting: 0, loading: 0 });
  const parts = timeLane(columns([100, Number.NaN]), columns([0, Number.NaN]));
  assert.equal(parts, [{ from: 0, to: 50, waiting: 1, loading: 0 }]);
});

test.run();
