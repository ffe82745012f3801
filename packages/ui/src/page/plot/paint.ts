import { MARK } from "../../wire/series.ts";
import type { Curve } from "./curve.ts";
import { fillSpans } from "./fill-spans.ts";
import type { Box } from "./scale.ts";
import { spansOf } from "./spans.ts";

export type PaintedCurve = {
  readonly curve: Curve;
  readonly color: string;
  readonly isDashed: boolean;
  /** What a resumed run has logged again: thin, behind the others. */
  readonly isFaded: boolean;
};

const BAND_ALPHA = 0.3;
const RAW_ALPHA = 0.4;
const FADED_ALPHA = 0.5;
const LINE_WIDTH = 1.75;
const DASH = [7, 4] as const;
const FADED_DASH = [2, 3] as const;
/** Half the size of a mark, in CSS pixels, and how near two of them may come. */
const MARK_SIZE = 3.5;
const MARK_ROOM = 5;
/** What may reach beyond the box, in CSS pixels. */
const EDGE = 3;

/** Paints curves into a box: bands first, so that no band hides a line. @param ratio device pixels per CSS pixel. */
export function paint(
  context: CanvasRenderingContext2D,
  box: Box,
  curves: readonly PaintedCurve[],
  ratio: number,
): void {
  context.save();
  context.beginPath();
  // Dots of the first and last point are whole.
  const edge = EDGE * ratio;
  context.rect(box.left - edge, box.top - edge, box.width + 2 * edge, box.height + 2 * edge);
  context.clip();
  // Round joins cost several times as much.
  context.lineJoin = "bevel";
  for (const { curve, color, isFaded } of curves) {
    if (!curve.band || isFaded) continue;
    context.fillStyle = color;
    context.globalAlpha = BAND_ALPHA;
    fillSpans(context, curve.band, box.left, { size: ratio });
  }
  for (const { curve, color, isDashed, isFaded } of curves) {
    context.strokeStyle = color;
    context.fillStyle = color;
    const dash = isFaded ? FADED_DASH : isDashed ? DASH : undefined;
    const draw = (line: Float32Array, size: number): void =>
      drawLine(context, line, box, { isDense: curve.isDense, size: size * ratio, dash, ratio });
    if (curve.raw) {
      context.globalAlpha = RAW_ALPHA;
      draw(curve.raw, 1);
    }
    context.globalAlpha = isFaded ? FADED_ALPHA : 1;
    draw(curve.line, isFaded ? 1 : LINE_WIDTH);
    context.fill(dots(curve, 2.5 * ratio));
  }
  context.globalAlpha = 1;
  for (const { curve, color } of curves) paintMarks(context, box, curve, color, ratio);
  context.restore();
}

type LineStyle = {
  readonly isDense: boolean;
  readonly size: number;
  readonly dash: readonly [number, number] | undefined;
  readonly ratio: number;
};

function drawLine(
  context: CanvasRenderingContext2D,
  line: Float32Array,
  box: Box,
  { isDense, size, dash, ratio }: LineStyle,
): void {
  const scaled = dash && ([dash[0] * ratio, dash[1] * ratio] as const);
  if (isDense) {
    fillSpans(context, spansOf(line, box), box.left, { size, ...(scaled ? { dash: scaled } : {}) });
    return;
  }
  context.lineWidth = size;
  context.setLineDash(scaled ? [...scaled] : []);
  context.stroke(linePath(line));
}

function linePath(line: Float32Array): Path2D {
  const path = new Path2D();
  let isDown = false;
  for (let i = 0; i < line.length; i += 2) {
    const y = line[i + 1] as number;
    if (Number.isNaN(y)) isDown = false;
    else if (isDown) path.lineTo(line[i] as number, y);
    else {
      path.moveTo(line[i] as number, y);
      isDown = true;
    }
  }
  return path;
}

/** All points where there is room, and always those that have no neighbour: a line would not show them. */
function dots({ line, hasDots }: Curve, radius: number): Path2D {
  const path = new Path2D();
  for (let i = 0; i < line.length; i += 2) {
    const [x, y] = [line[i] as number, line[i + 1] as number];
    const isAlone = !(Number.isFinite(line[i - 1]) || Number.isFinite(line[i + 3]));
    if (Number.isNaN(y) || !(hasDots || isAlone)) continue;
    path.moveTo(x + radius, y);
    path.arc(x, y, radius, 0, 2 * Math.PI);
  }
  return path;
}

function paintMarks(
  context: CanvasRenderingContext2D,
  { left, top, width, height }: Box,
  { marks }: Curve,
  color: string,
  ratio: number,
): void {
  const size = MARK_SIZE * ratio;
  const [high, low] = [top + size + ratio, top + height - size - ratio];
  const last = new Map<number, number>();
  context.setLineDash([]);
  context.lineWidth = 1.5 * ratio;
  context.strokeStyle = color;
  context.fillStyle = color;
  for (const [x, bits] of marks) {
    if (x < left || x > left + width) continue;
    for (const bit of [...Object.values(MARK)]) {
      if (!(bits & bit) || x - (last.get(bit) ?? -1e9) < MARK_ROOM * ratio) continue;
      last.set(bit, x);
      const path = markPath(bit, x, high, low, size, top + height);
      const isFilled = bit === MARK.positiveInfinity || bit === MARK.negativeInfinity;
      if (bit === MARK.resumed) context.setLineDash([ratio, 3 * ratio]);
      if (isFilled) context.fill(path);
      else context.stroke(path);
      context.setLineDash([]);
    }
  }
}

/** NaN: a cross below; infinities: a triangle at the edge where they lie; 0 or less: an open triangle; resumed: a dotted line. */
function markPath(
  bit: number,
  x: number,
  high: number,
  low: number,
  size: number,
  bottom: number,
): Path2D {
  const path = new Path2D();
  const triangle = (y: number, direction: number): void => {
    path.moveTo(x - size, y - direction * size);
    path.lineTo(x + size, y - direction * size);
    path.lineTo(x, y + direction * size);
    path.closePath();
  };
  if (bit === MARK.nan) {
    path.moveTo(x - size, low - size);
    path.lineTo(x + size, low + size);
    path.moveTo(x - size, low + size);
    path.lineTo(x + size, low - size);
  } else if (bit === MARK.positiveInfinity) triangle(high, -1);
  else if (bit === MARK.negativeInfinity || bit === MARK.notPositive) triangle(low, 1);
  else {
    path.moveTo(x, high - size);
    path.lineTo(x, bottom);
  }
  return path;
}
