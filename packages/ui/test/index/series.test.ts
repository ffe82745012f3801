import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { NumberList } from "../../src/index/number-list.ts";
import { RunIndex } from "../../src/index/run-index.ts";
import { pointOf, seriesOf } from "../../src/index/series-of.ts";
import { Smoothed } from "../../src/index/smooth.ts";
import { type ColumnSeries, MARK, type Series } from "../../src/wire/series.ts";

fc.configureGlobal({ seed: Number(process.env.SEED ?? 1) }); // the same cases in every run
const test = suite("series");
const value = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, 1 / 0, -1 / 0, 0, 1e300, -5e-324) },
);
const ABOUT = { project: "p", script: null, startedMs: 0, trackers: [], writers: [] };

/** A run with one key, a step and 100 ms for each value. */
function indexOf(values: readonly number[]): RunIndex {
  const run = new RunIndex();
  run.start(ABOUT);
  for (const [i, one] of values.entries()) {
    run.scalars({ sequence: i, step: i, timeMs: 100 * i }, ["key"], [one]);
  }
  return run;
}

const QUERY = { run: "r", key: "key", x: "step", width: 10, smooth: 0 } as const;

function columns(run: RunIndex, more: object = {}): ColumnSeries {
  const series = seriesOf(run, { ...QUERY, ...more });
  assert.is(series?.layout, "columns");
  return series as ColumnSeries;
}

test("every pixel column has exactly the extremes, ends, counts and marks of its points", () => {
  const values = fc.array(value, { minLength: 200, maxLength: 600 });
  const part = fc.record({ x0: fc.nat(50), x1: fc.integer({ min: 150, max: 199 }) });
  fc.assert(
    fc.property(values, part, fc.integer({ min: 1, max: 40 }), (list, { x0, x1 }, width) => {
      const series = columns(indexOf(list), { x0, x1, width });
      const parts: number[][] = Array.from({ length: width }, () => []);
      for (let i = x0; i <= x1; i++) {
        const column = Math.min(width - 1, Math.floor((i - x0) * (width / (x1 - x0))));
        parts[column]?.push(list[i] as number);
      }
      assert.is(series.count, x1 - x0 + 1);
      assert.is(series.nonFinite, parts.flat().filter((one) => !Number.isFinite(one)).length);
      assert.is(series.total, list.length);
      for (const [column, part] of parts.entries()) {
        const finite = part.filter(Number.isFinite);
        const expected = {
          first: finite[0] ?? Number.NaN,
          min: finite.length > 0 ? Math.min(...finite) : Number.NaN,
          max: finite.length > 0 ? Math.max(...finite) : Number.NaN,
          last: finite.at(-1) ?? Number.NaN,
        };
        for (const [name, wanted] of Object.entries(expected)) {
          const found = series[name as keyof typeof expected][column] as number;
          assert.ok(Object.is(found, wanted) || found === wanted, `${name}: ${found}, ${wanted}`);
        }
        const has = (mark: number): boolean => ((series.marks[column] ?? 0) & mark) !== 0;
        assert.is(has(MARK.empty), part.length === 0);
        assert.is(has(MARK.nan), part.some(Number.isNaN));
        assert.is(has(MARK.positiveInfinity), part.includes(Number.POSITIVE_INFINITY));
        assert.is(has(MARK.negativeInfinity), part.includes(Number.NEGATIVE_INFINITY));
        assert.is(
          has(MARK.notPositive),
          finite.some((one) => one <= 0),
        );
      }
    }),
    { numRuns: 60 },
  );
});

test("few points are given as they are, with a neighbour on either side", () => {
  const run = indexOf([5, Number.NaN, 7, 8, 9]);
  const series = seriesOf(run, { ...QUERY, x0: 1, x1: 2 }) as Series & { layout: "raw" };
  assert.is(series.layout, "raw");
  assert.equal([...series.x], [0, 1, 2, 3]);
  assert.equal([...series.y], [5, Number.NaN, 7, 8]);
  assert.equal([series.count, series.nonFinite, series.total], [2, 1, 5]);
  const between = seriesOf(run, { ...QUERY, x0: 2.1, x1: 2.9 }) as Series & { layout: "raw" };
  assert.equal([...between.x], [2, 3], "a line through a part without points");
});

test("smoothing is the weighted mean of all that came before, whatever part is shown", () => {
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 60 }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      fc.nat(40),
      (list, weight, x0) => {
        const run = indexOf(list);
        const series = seriesOf(run, { ...QUERY, width: 100, x0, smooth: weight });
        if (series?.layout !== "raw") return assert.unreachable();
        for (const [i, step] of series.x.entries()) {
          let [sum, weights] = [0, 0];
          for (const one of list.slice(0, step + 1)) {
            if (!Number.isFinite(one)) continue;
            sum = sum * weight + one;
            weights = weights * weight + 1;
          }
          const expected = Number.isFinite(list[step]) ? sum / weights : (list[step] as number);
          assert.ok(Object.is(series.smoothed[i], expected), `${series.smoothed[i]} ${expected}`);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("a constant stays one; on a logarithmic axis the mean is that of the logarithms", () => {
  const smoothed = (list: number[], isLog: boolean): number[] => {
    const result = new Smoothed(0.5, isLog);
    const numbers = new NumberList();
    for (const one of list) {
      numbers.push(one);
      result.extend(numbers); // piece by piece, as in a run that grows
    }
    return [...result.values.toArray()];
  };
  assert.equal(smoothed([3, 3, 3, 3], false), [3, 3, 3, 3]);
  const [, , third] = smoothed([1, -5, 100], true);
  const expected = Math.exp((0 * 0.5 + Math.log(100)) / 1.5);
  assert.ok(Math.abs((third as number) - expected) < 1e-9);
  assert.ok(Number.isNaN(smoothed([1, -5, 100], true)[1]));
});

test("lists have the same numbers across blocks, cut off and grown again", () => {
  const list = new NumberList();
  for (let i = 0; i < 200_000; i++) list.push(i);
  assert.is(list.get(131_072), 131_072);
  list.truncate(70_000);
  for (let i = 70_000; i < 140_000; i++) list.push(-i);
  const array = list.toArray();
  assert.equal(
    [array.length, array[69_999], array[70_000], array[139_999]],
    [140_000, 69_999, -70_000, -139_999],
  );
});

test("what a resumed run logs again is shown once, and what it replaces apart", () => {
  const run = indexOf([0, 1, 2, 3, 4, 5]);
  run.resume(4, { sequence: 6, step: undefined, timeMs: 10_000 });
  run.scalars({ sequence: 7, step: 4, timeMs: 10_100 }, ["key"], [40]);
  run.scalars({ sequence: 8, step: undefined, timeMs: 10_200 }, ["key"], [50]);
  const series = seriesOf(run, QUERY) as Series & { layout: "raw" };
  assert.equal([...series.y], [0, 1, 2, 3, 40, 50]);
  assert.equal([...series.x], [0, 1, 2, 3, 4, 5], "a step left out is the one after the last");
  assert.equal(
    [...series.marks].map((mark) => mark & MARK.resumed),
    [0, 0, 0, 0, MARK.resumed, 0],
  );
  const rewound = seriesOf(run, { ...QUERY, part: "rewound" }) as Series & { layout: "raw" };
  assert.equal([...rewound.y], [4, 5]);
  assert.equal(run.keys.get("key")?.stats.summary(), {
    ...{ count: 6, last: 50, lastStep: 5, min: 0, minStep: 0, max: 50, maxStep: 5, nonFinite: 0 },
  });
  const time = seriesOf(run, { ...QUERY, x: "time" }) as Series & { layout: "raw" };
  assert.equal([...time.x], [0, 0.1, 0.2, 0.3, 0.6, 0.7], "without the pause");
  assert.is(run.activeMs, 700);
  assert.equal(run.resumedAt, [{ step: 4, timeMs: 10_100 }]);
});

test("another key is an axis where it was logged at the same step", () => {
  const run = new RunIndex();
  run.start(ABOUT);
  for (let step = 0; step < 4; step++) {
    run.scalars({ sequence: 2 * step, step, timeMs: 0 }, ["key"], [step]);
    if (step !== 2) run.scalars({ sequence: 2 * step + 1, step, timeMs: 0 }, ["epoch"], [step / 2]);
  }
  const series = seriesOf(run, { ...QUERY, x: { key: "epoch" } }) as Series & { layout: "raw" };
  assert.equal(
    [[...series.x], [...series.y]],
    [
      [0, 0.5, 1.5],
      [0, 1, 3],
    ],
  );
  assert.is(seriesOf(run, { ...QUERY, x: { key: "nothing" } }), undefined);
  assert.is(seriesOf(run, { ...QUERY, key: "nothing" }), undefined);
  assert.is(seriesOf(run, { ...QUERY, smooth: 1 }), undefined);
  assert.is(seriesOf(run, { ...QUERY, width: Number.NaN }), undefined);
});

test("steps in any order lose no point", () => {
  const run = new RunIndex();
  run.start(ABOUT);
  const steps = Array.from({ length: 100 }, (_, i) => (i * 37) % 50);
  for (const [i, step] of steps.entries()) {
    run.scalars({ sequence: i, step, timeMs: i }, ["key"], [i === 60 ? 999 : step]);
  }
  const series = columns(run, { width: 5 });
  assert.is(series.count, 100);
  assert.is(Math.max(...series.max), 999);
});

test("a point is the nearest, exact, with what the line shows there", () => {
  const run = indexOf([1, 0.1 + 0.2, Number.NaN]);
  const at = (place: number) => pointOf(run, { ...QUERY, at: place, smooth: 0.5 });
  assert.is(at(0.9)?.value, 0.1 + 0.2);
  assert.is(at(1e9)?.value, "NaN");
  assert.equal([at(-3)?.index, at(-3)?.step, at(1)?.timeMs], [0, 0, 100]);
  assert.is(at(Number.NaN), undefined);
});

test("one point, equal points and a range of no width are answered", () => {
  const one = seriesOf(indexOf([4]), QUERY) as Series & { layout: "raw" };
  assert.equal([one.x0, one.x1, [...one.y]], [0, 0, [4]]);
  const run = new RunIndex();
  run.start(ABOUT);
  for (let i = 0; i < 50; i++) run.scalars({ sequence: i, step: 7, timeMs: 0 }, ["key"], [i]);
  const all = columns(run, { width: 10 });
  assert.equal([all.x0, all.x1, all.min[0], all.max[0], all.count], [7, 7, 0, 49, 50]);
});

test.run();
