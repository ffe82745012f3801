/** A chart outside the tree of components: it loads what is in view, and draws it. */

import { decodeFrame, type SeriesFrame } from "../../wire/frame.ts";
import type { Point } from "../../wire/schema.ts";
import { getBytes, getJson } from "../api.ts";
import { extremes } from "../plot/curve.ts";
import { createPlot, type PlotCurve } from "../plot/plot.ts";
import { type Scale, widened } from "../plot/scale.ts";
import { drawSoon, forgetDraw } from "./frame-queue.ts";
import { nearestIndex, placesOf, roughValue } from "./nearest.ts";
import { axisKind, pointPath, type Question, seriesPath } from "./question.ts";

/** What is read at the cursor. */
export type Reading = {
  readonly x: number;
  /** In the order of the runs; undefined where a run has nothing. `point` once the exact value is there. */
  readonly values: readonly (
    | { readonly run: string; readonly rough: number | undefined; readonly point?: Point }
    | undefined
  )[];
};

export type ChartEvents = {
  onZoom(zoom: readonly [number, number] | null): void;
  onReading(reading: Reading | undefined): void;
  /** Something was drawn: which part of the axis, and what of it is not finite. */
  onDrawn(drawn: Drawn): void;
};

export type Drawn = { readonly x: Scale; readonly nonFinite: number; readonly notPositive: number };

export type Chart = {
  /** @param version changes when the runs have new points. */
  ask(question: Question, version: string): void;
  setSeen(isSeen: boolean): void;
  /** Moves the cursor by points. */
  move(points: number): void;
  zoomBy(factor: number): void;
  redraw(): void;
  canvas(): HTMLCanvasElement | undefined;
  destroy(): void;
};

/** New points are asked for no more often than this; what the user does is not held up. */
const LIVE_MS = 500;
/** Nor more often than leaves this many times the time that a drawing takes for everything else. */
const REST_OF_DRAWING = 20;
/** The cursor rests this long before exact values are asked for, of at most so many runs. */
const REST_MS = 80;
const MAX_EXACT = 10;
const MARGIN = 0.05;
const MAX_WIDTH = 4096;

export function createChart(host: HTMLElement, events: ChartEvents): Chart {
  let question: Question | undefined;
  let version = "";
  let frames: (SeriesFrame | undefined)[] = [];
  /** What `frames` answer. */
  let answered: Question | undefined;
  let shown: Drawn["x"] | undefined;
  let loaded = "";
  let loadedMs = 0;
  let drawingMs = 0;
  let isSeen = false;
  let isLoading = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let resting: ReturnType<typeof setTimeout> | undefined;
  let cursor: number | undefined;
  let isDestroyed = false;

  const plot = createPlot(host, {
    onZoom: (min, max) => events.onZoom([min, max]),
    onReset: () => events.onZoom(null),
    onCursor: read,
  });

  function load(): void {
    if (!question || !isSeen || isDestroyed) return;
    const width = Math.min(MAX_WIDTH, Math.max(1, Math.round(plot.width() * devicePixelRatio)));
    const path = seriesPath(question, width);
    const wanted = `${path} ${version}`;
    if (wanted === loaded || isLoading) return;
    const isOnlyNewer = answered !== undefined && loaded.startsWith(`${path} `);
    const restMs = Math.max(LIVE_MS, drawingMs * REST_OF_DRAWING);
    const waitMs = isOnlyNewer ? loadedMs + restMs - Date.now() : 0;
    if (waitMs > 0) {
      timer ??= setTimeout(() => {
        timer = undefined;
        load();
      }, waitMs);
      return;
    }
    isLoading = true;
    loadedMs = Date.now();
    const asked = question;
    getBytes(path)
      .then((bytes) => {
        frames = decodeFrame(bytes);
        answered = asked;
        loaded = wanted;
        drawSoon(draw);
      })
      .catch(() => setTimeout(load, LIVE_MS * 4))
      .finally(() => {
        isLoading = false;
        if (loaded === wanted) load();
      });
  }

  function draw(): void {
    if (!question || !answered || isDestroyed) return;
    const startedMs = performance.now();
    const { isLogX, isLogY } = answered;
    const here = frames.filter((frame) => frame !== undefined);
    const x = xScale(here, question.zoom, isLogX);
    const y = widened(...extremes(here, x, isLogY), isLogY, MARGIN);
    plot.draw({ curves: curves(), x, y, xKind: axisKind(answered.x) });
    drawingMs = performance.now() - startedMs;
    shown = x;
    const sum = (name: "nonFinite" | "notPositive"): number =>
      here.reduce((total, frame) => total + frame[name], 0);
    const notPositive = isLogY ? sum("notPositive") : 0;
    events.onDrawn({ x, nonFinite: sum("nonFinite"), notPositive });
    performance.mark("acc-drawn");
  }

  /** The rewound parts come last in the answer, and are painted first. */
  function curves(): PlotCurve[] {
    const runs = answered?.runs ?? [];
    const styles = getComputedStyle(host);
    const owners = [...runs, ...runs.filter((run) => run.isResumed)];
    const all = owners.flatMap(({ style }, index): PlotCurve[] => {
      const frame = frames[index];
      if (!frame) return [];
      const [, variable] = /^var\((.+)\)$/.exec(style.color) ?? [];
      const color = variable ? styles.getPropertyValue(variable).trim() : style.color;
      return [{ frame, color, isDashed: style.isDashed, isFaded: index >= runs.length }];
    });
    return [...all.filter(({ isFaded }) => isFaded), ...all.filter(({ isFaded }) => !isFaded)];
  }

  function read(x: number | undefined): void {
    cursor = x;
    clearTimeout(resting);
    if (x === undefined || !answered) {
      events.onReading(undefined);
      return;
    }
    const asked = answered;
    const { isLogX, runs } = asked;
    const values = runs.map(({ id }, index) => {
      const frame = frames[index];
      return frame && { run: id, rough: roughValue(frame, x, isLogX) };
    });
    events.onReading({ x, values });
    if (runs.length > MAX_EXACT) return;
    resting = setTimeout(async () => {
      const exact = await Promise.all(
        values.map(async (value) => {
          if (!value) return undefined;
          const point = await getJson<Point>(pointPath(asked, value.run, x)).catch(() => undefined);
          return point ? { ...value, point } : value;
        }),
      );
      if (cursor === x && !isDestroyed) events.onReading({ x, values: exact });
    }, REST_MS);
  }

  const sizes = new ResizeObserver(() => {
    drawSoon(draw);
    load();
  });
  sizes.observe(host);

  return {
    ask(next, nextVersion) {
      const isOther = JSON.stringify(next) !== JSON.stringify(question);
      question = next;
      version = nextVersion;
      // The new part of the axis at once with what is there; its detail comes with the answer.
      if (isOther && answered) drawSoon(draw);
      load();
    },
    setSeen(next) {
      isSeen = next;
      load();
    },
    move(points) {
      const longest = frames
        .filter((frame) => frame !== undefined)
        .sort((a, b) => b.count - a.count)[0];
      if (!longest || !shown || !answered) return;
      const { min, max } = shown;
      const places = placesOf(longest, answered.isLogX).filter((x) => x >= min && x <= max);
      const start =
        cursor === undefined ? (points > 0 ? -1 : places.length) : nearestIndex(places, cursor);
      const at = places[Math.min(Math.max(start + points, 0), places.length - 1)];
      if (at === undefined) return;
      plot.pointTo(at);
      read(at);
    },
    zoomBy(factor) {
      if (!shown) return;
      const { min, max, isLog } = shown;
      const [from, to] = isLog ? [Math.log(min), Math.log(max)] : [min, max];
      const middle = cursor === undefined ? (from + to) / 2 : isLog ? Math.log(cursor) : cursor;
      const zoom = [middle - (middle - from) * factor, middle + (to - middle) * factor];
      const [low, high] = isLog ? zoom.map(Math.exp) : zoom;
      events.onZoom([low as number, high as number]);
    },
    redraw: () => drawSoon(draw),
    canvas: () => plot.canvas(),
    destroy() {
      isDestroyed = true;
      clearTimeout(timer);
      clearTimeout(resting);
      forgetDraw(draw);
      sizes.disconnect();
      plot.destroy();
    },
  };
}

function xScale(
  frames: readonly SeriesFrame[],
  zoom: readonly [number, number] | null,
  isLog: boolean,
): Scale {
  if (zoom) return widened(zoom[0], zoom[1], isLog);
  const from = Math.min(...frames.map(({ x0 }) => x0).filter((x) => !isLog || x > 0));
  const to = Math.max(...frames.map(({ x1 }) => x1));
  return widened(from, to, isLog);
}
