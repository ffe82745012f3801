/** The only file that knows uPlot: it draws axes and the grid, and follows the pointer. The curves are painted by `paint.ts`. */
import uPlot from "uplot";
import type { SeriesFrame } from "../../wire/frame.ts";
import { shortNumber } from "../model/format.ts";
import { curveOf } from "./curve.ts";
import { paint } from "./paint.ts";
import type { Box, Scale } from "./scale.ts";

export type PlotCurve = {
  readonly frame: SeriesFrame;
  /** A colour that a canvas knows. */
  readonly color: string;
  readonly isDashed: boolean;
  readonly isFaded: boolean;
};

export type PlotModel = {
  readonly curves: readonly PlotCurve[];
  readonly x: Scale;
  readonly y: Scale;
  readonly xKind: "number" | "duration" | "clock";
};

export type PlotEvents = {
  /** The user has marked a part of the x axis. */
  onZoom(min: number, max: number): void;
  onReset(): void;
  /** Where the pointer is on the x axis; undefined: it has left. */
  onCursor(x: number | undefined): void;
};

export type Plot = {
  draw(model: PlotModel): void;
  /** Puts the cursor at a value of the x axis. */
  pointTo(x: number): void;
  /** Width of the painted part, in CSS pixels. */
  width(): number;
  canvas(): HTMLCanvasElement | undefined;
  destroy(): void;
};

const MIN_DRAG = 4;
const Y_AXIS_WIDTH = 54;
const X_AXIS_HEIGHT = 26;
/** Distances of ticks of a duration, in seconds. */
const DURATIONS = [
  ...[0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800],
  ...[1, 2, 3, 6, 12, 24, 48, 96, 240, 480].map((hours) => hours * 3600),
];

export function createPlot(host: HTMLElement, events: PlotEvents): Plot {
  let plot: uPlot | undefined;
  let model: PlotModel | undefined;
  let madeFor = "";
  return {
    draw(next) {
      model = next;
      const styles = getComputedStyle(host);
      const colors = {
        text: styles.getPropertyValue("--dim"),
        grid: styles.getPropertyValue("--grid"),
      };
      const [width, height] = [host.clientWidth, host.clientHeight];
      if (width === 0) return;
      const key = JSON.stringify([
        next.x.isLog,
        next.y.isLog,
        next.xKind,
        colors,
        devicePixelRatio,
      ]);
      if (!plot || key !== madeFor) {
        plot?.destroy();
        plot = new uPlot(
          optionsOf(next, { width, height, colors }, events, () => model ?? next),
          [
            [next.x.min, next.x.max],
            [next.y.min, next.y.max],
          ],
          host,
        );
        madeFor = key;
        return;
      }
      const made = plot;
      // At once: the time that it takes is part of the turn of this chart.
      made.batch(() => {
        if (made.width !== width || made.height !== height) made.setSize({ width, height });
        made.setData([
          [next.x.min, next.x.max],
          [next.y.min, next.y.max],
        ]);
      });
    },
    pointTo(x) {
      if (!plot) return;
      const left = Math.min(Math.max(plot.valToPos(x, "x"), 0), plot.over.clientWidth);
      plot.setCursor({ left, top: 0 }, false);
    },
    // Not asked of the document, which would have to be laid out for it.
    width: () => (plot ? plot.bbox.width / devicePixelRatio : host.clientWidth - Y_AXIS_WIDTH),
    canvas: () => plot?.ctx.canvas,
    destroy: () => plot?.destroy(),
  };
}

type Look = {
  readonly width: number;
  readonly height: number;
  readonly colors: { readonly text: string; readonly grid: string };
};

function optionsOf(
  { x, y, xKind }: PlotModel,
  { width, height, colors }: Look,
  events: PlotEvents,
  current: () => PlotModel,
): uPlot.Options {
  const axis = {
    ...{ stroke: colors.text, font: "12px system-ui, sans-serif", gap: 6 },
    ...{ grid: { stroke: colors.grid, width: 1 }, ticks: { show: false } },
  };
  const range = (which: "x" | "y"): [number, number] => {
    const { min, max } = current()[which];
    return [min, max];
  };
  return {
    ...{ width, height, ms: 1, legend: { show: false }, padding: [8, 10, 0, 0] },
    series: [{}, { paths: () => null, points: { show: false } }],
    scales: {
      x: { time: xKind === "clock", distr: x.isLog ? 3 : 1, range: () => range("x") },
      y: { distr: y.isLog ? 3 : 1, range: () => range("y") },
    },
    axes: [
      { ...axis, size: X_AXIS_HEIGHT, ...xTicks(xKind) },
      { ...axis, size: Y_AXIS_WIDTH, values: (_, ticks) => ticks.map(tickText) },
    ],
    cursor: {
      ...{ y: false, points: { show: false } },
      drag: { x: true, y: false, setScale: false, dist: MIN_DRAG },
      bind: {
        dblclick: () => () => {
          events.onReset();
          return null;
        },
      },
    },
    hooks: {
      draw: [(plot) => paintModel(plot, current())],
      setSelect: [
        (plot) => {
          const { left, width: size } = plot.select;
          if (size < MIN_DRAG) return;
          events.onZoom(plot.posToVal(left, "x"), plot.posToVal(left + size, "x"));
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
      init: [(plot) => followPointer(plot, events)],
    },
  };
}

/** Mouse, pen and finger; what uPlot says of its cursor is also said when nobody has moved it. */
function followPointer(plot: uPlot, { onCursor }: PlotEvents): void {
  plot.over.addEventListener("pointermove", ({ clientX, pointerType }) => {
    const left = clientX - plot.over.getBoundingClientRect().left;
    if (pointerType !== "mouse") plot.setCursor({ left, top: 0 }, false);
    onCursor(plot.posToVal(left, "x"));
  });
  plot.over.addEventListener("pointerleave", () => onCursor(undefined));
}

function paintModel(plot: uPlot, model: PlotModel): void {
  const { curves, x, y } = model;
  const box: Box = plot.bbox;
  const painted = curves.map(({ frame, ...style }) => ({
    curve: curveOf(frame, x, y, box),
    ...style,
  }));
  paint(plot.ctx, box, painted, devicePixelRatio);
}

function xTicks(kind: PlotModel["xKind"]): Partial<uPlot.Axis> {
  if (kind === "clock") return {};
  if (kind === "number") return { values: (_, ticks) => ticks.map(tickText) };
  return { incrs: DURATIONS, values: (_, ticks) => ticks.map(durationTick) };
}

function tickText(tick: number | null): string {
  return tick === null ? "" : shortNumber(tick);
}

function durationTick(seconds: number | null): string {
  if (seconds === null) return "";
  if (seconds < 60) return `${shortNumber(seconds)} s`;
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  if (hours === 0)
    return seconds % 60 === 0
      ? `${minutes} min`
      : `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
  return minutes === 0 ? `${hours} h` : `${hours} h ${minutes}`;
}
