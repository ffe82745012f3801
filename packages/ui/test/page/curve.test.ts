import { suite } from "uvu";
import * as assert from "uvu/assert";
import { nearestIndex, placesOf, roughValue } from "../../src/page/chart/nearest.ts";
import { curveOf, extremes } from "../../src/page/plot/curve.ts";
import { columnCentres, pixels, widened } from "../../src/page/plot/scale.ts";
import { spansOf } from "../../src/page/plot/spans.ts";
import { decodeFrame, encodeFrame, type SeriesFrame } from "../../src/wire/frame.ts";
import { MARK, type Series } from "../../src/wire/series.ts";

const test = suite("curves");

const facts = { run: "r", key: "k", count: 4, total: 4, nonFinite: 0, notPositive: 0 };
const BOX = { left: 50, top: 10, width: 100, height: 200 };

function framed(series: Series): SeriesFrame {
  return decodeFrame(encodeFrame([series]).buffer)[0] as SeriesFrame;
}

/** Columns of one point each, but for `max`. */
function columns(values: readonly number[], peaks: { readonly [column: number]: number } = {}) {
  const y = (): Float64Array => Float64Array.from(values);
  const arrays = { first: y(), min: y(), max: y(), last: y(), mean: y() };
  for (const [column, peak] of Object.entries(peaks)) arrays.max[Number(column)] = peak;
  const marks = Uint8Array.from(values, (value) => (Number.isNaN(value) ? MARK.nan : 0));
  const range = { x0: 0, x1: values.length };
  return framed({ layout: "columns", ...facts, ...range, ...arrays, marks });
}

test("a range without width gets some: axes need one", () => {
  for (const isLog of [false, true]) {
    for (const [min, max] of [
      [3, 3],
      [0.001, 0.001],
      [1, 0],
      [Number.NaN, Number.NaN],
    ] as const) {
      const scale = widened(min, max, isLog, 0.05);
      assert.ok(scale.min < scale.max, `${min} ${max} ${isLog}`);
      assert.ok(!isLog || scale.min > 0);
    }
  }
  const huge = widened(-1.7e308, 1.7e308, false, 0.05);
  assert.ok(Number.isFinite(huge.min) && Number.isFinite(huge.max));
  assert.equal(widened(0, 0, false), { min: -0.5, max: 0.5, isLog: false });
});

test("a logarithm is a true one, on both axes", () => {
  const scale = { min: 0.01, max: 100, isLog: true };
  const toPixel = pixels(scale, 0, 400);
  assert.equal(
    [0.01, 0.1, 1, 100].map((value) => Math.round(toPixel(value))),
    [0, 100, 200, 400],
  );
  assert.ok(Number.isNaN(toPixel(0)) && Number.isNaN(toPixel(-1)));
  assert.ok(Math.abs(columnCentres(scale, 2)(0) - 0.1) < 1e-9);
});

test("a peak of one point among many reaches its height, in one column of pixels", () => {
  const values = new Array<number>(100).fill(0);
  const curve = curveOf(
    columns(values, { 40: 10 }),
    { min: 0, max: 100, isLog: false },
    { min: 0, max: 10, isLog: false },
    BOX,
  );
  const upper = [...(curve.band?.upper ?? [])];
  assert.is(Math.min(...upper), BOX.top);
  assert.equal(
    upper.flatMap((y, column) => (y < 200 ? [column] : [])),
    [40],
  );
});

test("a peak survives a view that is narrower than what was asked for", () => {
  const values = new Array<number>(1000).fill(0);
  const x = { min: 0, max: 1000, isLog: false };
  const curve = curveOf(columns(values, { 777: 10 }), x, { min: 0, max: 10, isLog: false }, BOX);
  assert.is(Math.min(...(curve.band?.upper ?? [])), BOX.top);
});

test("spans hold the whole line: steep parts, many points in a column, parts outside the box", () => {
  const line = Float32Array.of(40, 100, 50.5, 10, 50.6, 200, 52.5, 20, 52.6, Number.NaN, 54, 60);
  const { upper, lower } = spansOf(Float32Array.from([...line, 160, 60]), BOX);
  assert.equal([Math.round(upper[0] as number), lower[0]], [10, 200]);
  assert.ok((upper[1] as number) > 60 && (lower[1] as number) < 170, "on the way down to 20");
  assert.is(upper[2], 20);
  assert.ok(Number.isNaN(upper[3]), "the line is broken here");
  assert.equal([upper[4], lower[99]], [60, 60]);
});

test("a line breaks at NaN, and the place is marked", () => {
  const values = [1, 2, Number.NaN, 2, 1];
  const x = { min: 0, max: 5, isLog: false };
  const y = { min: 0, max: 2, isLog: false };
  const raw = framed({
    ...{ layout: "raw", ...facts, x0: 0, x1: 4, x: Float64Array.of(0, 1, 2, 3, 4) },
    ...{ y: Float64Array.from(values), smoothed: Float64Array.from(values) },
    marks: Uint8Array.of(0, 0, MARK.nan, 0, 0),
  });
  for (const frame of [columns(values), raw]) {
    const { line, marks } = curveOf(frame, x, y, BOX);
    assert.is(
      [...line].filter((_, index) => index % 2 === 1 && Number.isNaN(line[index])).length,
      1,
    );
    assert.equal(
      marks.map(([, bits]) => bits),
      [MARK.nan],
    );
  }
});

test("values of 0 and less are marked where the axis is logarithmic, and only there", () => {
  const frame = framed({
    ...{ layout: "raw", ...facts, x0: 0, x1: 1, x: Float64Array.of(0, 1) },
    ...{ y: Float64Array.of(0, 1), smoothed: Float64Array.of(0, 1) },
    marks: Uint8Array.of(MARK.notPositive, 0),
  });
  const x = { min: 0, max: 1, isLog: false };
  const marked = (isLog: boolean): number =>
    curveOf(frame, x, { min: 0.1, max: 1, isLog }, BOX).marks.length;
  assert.equal([marked(true), marked(false)], [1, 0]);
  assert.equal(extremes([frame], x, true), [1, 1]);
  assert.equal(extremes([frame], x, false), [0, 1]);
});

test("the height of the axis is that of what is in view", () => {
  const y = Float64Array.of(100, 1, 2, 100);
  const frame = framed({
    ...{ layout: "raw", ...facts, x0: 1, x1: 2, x: Float64Array.of(0, 1, 2, 3), y, smoothed: y },
    marks: new Uint8Array(4),
  });
  assert.equal(extremes([frame], { min: 1, max: 2 }, false), [1, 2]);
});

test("the cursor finds the nearest point, and goes on to the next", () => {
  const places = Float64Array.of(0, 10, 20);
  assert.equal(
    [-5, 4, 6, 15, 99].map((x) => nearestIndex(places, x)),
    [0, 0, 1, 1, 2],
  );
  assert.is(nearestIndex(new Float64Array(0), 1), -1);
  const frame = columns([1, Number.NaN, 3, 4]);
  assert.equal([...placesOf(frame, false)], [0, 2.5, 4]);
  assert.equal(
    [0, 1.2, 2.1, 99].map((x) => roughValue(frame, x, false)),
    [1, undefined, 3, 4],
  );
});

test.run();
