import type { Point } from "../wire/schema.ts";
import { type Axis, MARK, type PointQuery, type Series, type SeriesQuery } from "../wire/series.ts";
import { isRising, placesOn } from "./axis.ts";
import { type Drawn, markOf, toColumns } from "./decimate.ts";
import { jsonNumber } from "./key-stats.ts";
import { lowerBound, type NumberList } from "./number-list.ts";
import type { Points } from "./points.ts";
import type { RunPoints } from "./run-points.ts";
import { Smoothed } from "./smooth.ts";

/** Most columns of an answer: more than any screen has. */
const MAX_WIDTH = 16_384;

/** What was computed from points, for the next question. */
type Computed = { readonly smoothed: Map<string, Smoothed>; edition: number };

const computed = new WeakMap<Points, Computed>();

/** What a chart shows of a key; undefined if there is no such key or axis, or the question has no meaning. */
export function seriesOf(run: RunPoints, query: SeriesQuery): Series | undefined {
  const drawn = drawnOf(run, query);
  if (!drawn || !(query.width >= 1)) return undefined;
  const { x, y, line } = drawn;
  const width = Math.min(MAX_WIDTH, Math.floor(query.width));
  const isSorted = isRising(x);
  const isLogX = query.isLogX === true;
  const [lowest, highest] = rangeOf(x, isSorted, isLogX);
  const x0 = query.x0 ?? lowest;
  const x1 = query.x1 ?? highest;
  const [start, end] = isSorted ? [lowerBound(x, x0), upperBound(x, x1)] : [0, x.length];
  const counts = countWithin(x, y, [start, end], [x0, x1]);
  const base = { run: query.run, key: query.key, x0, x1, total: y.length, ...counts };
  if (counts.count < 2 * width)
    return { ...base, layout: "raw", ...rawOf(drawn, [start, end], [x0, x1], isSorted) };
  const columns = toColumns(drawn, [start, end], { x0, x1, width, isLogX });
  const neighbour = (index: number): { x: number; y: number } | undefined =>
    isSorted && index >= 0 && index < y.length
      ? { x: x.get(index), y: line.get(index) }
      : undefined;
  const [before, after] = [neighbour(start - 1), neighbour(end)];
  return {
    ...{ ...base, layout: "columns", ...columns },
    ...(before && { before }),
    ...(after && { after }),
  };
}

/** The point that is nearest to a place; of several the last. */
export function pointOf(run: RunPoints, query: PointQuery): Point | undefined {
  const drawn = drawnOf(run, query);
  if (!drawn) return undefined;
  const { x, line } = drawn;
  let nearest = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < x.length; i++) {
    const distance = Math.abs(x.get(i) - query.at);
    if (distance <= least) {
      least = distance;
      nearest = i;
    }
  }
  if (nearest < 0) return undefined;
  const points = pointsOf(run, query) as Points;
  return {
    ...{ key: query.key, x: x.get(nearest), index: nearest },
    ...{ step: points.steps.get(nearest), timeMs: points.times.get(nearest) },
    value: jsonNumber(points.values.get(nearest)),
    smoothed: jsonNumber(line.get(nearest)),
  };
}

type Asked = {
  readonly key: string;
  readonly x: Axis;
  readonly smooth: number;
  readonly isLogY?: boolean;
  readonly part?: "current" | "rewound";
};

function pointsOf(run: RunPoints, { key, part }: Asked): Points | undefined {
  const found = run.keys.get(key);
  return part === "rewound" ? found?.rewound : found?.points;
}

function drawnOf(run: RunPoints, query: Asked): Drawn | undefined {
  const points = pointsOf(run, query);
  const x = points && placesOn(query.x, points, run);
  if (!points || !x) return undefined;
  const line = smoothedOf(points, query);
  return line && { x, y: points.values, line, resumedAt: points.resumedAt };
}

function smoothedOf(points: Points, { smooth, isLogY = false }: Asked): NumberList | undefined {
  if (smooth === 0) return points.values;
  if (!(smooth > 0 && smooth < 1)) return undefined;
  let known = computed.get(points);
  if (known?.edition !== points.edition) {
    known = { smoothed: new Map(), edition: points.edition };
    computed.set(points, known);
  }
  const name = `${smooth} ${isLogY}`;
  const smoothed = known.smoothed.get(name) ?? new Smoothed(smooth, isLogY);
  known.smoothed.clear(); // the slider goes through many: only the last is kept
  known.smoothed.set(name, smoothed);
  smoothed.extend(points.values);
  return smoothed.values;
}

function upperBound(list: NumberList, value: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list.get(middle) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function rangeOf(
  x: NumberList,
  isSorted: boolean,
  isLogX: boolean,
): [lowest: number, highest: number] {
  if (isSorted && !isLogX && x.length > 0) return [x.get(0), x.get(x.length - 1)];
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < x.length; i++) {
    const place = x.get(i);
    if (isLogX && !(place > 0)) continue;
    if (place < lowest) lowest = place;
    if (place > highest && place !== Number.POSITIVE_INFINITY) highest = place;
  }
  return lowest <= highest ? [lowest, highest] : [0, 0];
}

function countWithin(
  x: NumberList,
  y: NumberList,
  [start, end]: readonly [number, number],
  [x0, x1]: readonly [number, number],
): { readonly count: number; readonly nonFinite: number; readonly notPositive: number } {
  let [count, nonFinite, notPositive] = [0, 0, 0];
  for (let i = start; i < end; i++) {
    const place = x.get(i);
    if (!(place >= x0 && place <= x1)) continue;
    count += 1;
    const value = y.get(i);
    if (value - value !== 0) nonFinite += 1;
    else if (value <= 0) notPositive += 1;
  }
  return { count, nonFinite, notPositive };
}

function rawOf(
  { x, y, line, resumedAt }: Drawn,
  [start, end]: readonly [number, number],
  [x0, x1]: readonly [number, number],
  isSorted: boolean,
): { x: Float64Array; y: Float64Array; smoothed: Float64Array; marks: Uint8Array } {
  const resumed = new Set(resumedAt);
  const isWithin = (i: number): boolean => x.get(i) >= x0 && x.get(i) <= x1;
  const indexes: number[] = [];
  const [from, to] = [Math.max(0, start - 1), Math.min(x.length, end + 1)];
  for (let i = from; i < to; i++) {
    // A line through a part without any point of its own has two.
    const isNeighbour =
      isSorted || (i > 0 && isWithin(i - 1)) || (i + 1 < x.length && isWithin(i + 1));
    if (isWithin(i) || (isNeighbour && !Number.isNaN(x.get(i)))) indexes.push(i);
  }
  return {
    x: Float64Array.from(indexes, (i) => x.get(i)),
    y: Float64Array.from(indexes, (i) => y.get(i)),
    smoothed: Float64Array.from(indexes, (i) => line.get(i)),
    marks: Uint8Array.from(indexes, (i) => markOf(y.get(i)) | (resumed.has(i) ? MARK.resumed : 0)),
  };
}
