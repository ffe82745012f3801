import type { Box } from "./scale.ts";

/**
 * For every column of pixels the upper and the lower end of what is painted there; NaN where there is nothing. Rectangles of
 * one column are several times as quick to paint as paths through thousands of points, and no point is lost.
 */
export type Spans = { readonly upper: Float32Array; readonly lower: Float32Array };

export function emptySpans(box: Box): Spans {
  const width = Math.max(1, Math.ceil(box.width));
  const empty = (): Float32Array => new Float32Array(width).fill(Number.NaN);
  return { upper: empty(), lower: empty() };
}

export function widen({ upper, lower }: Spans, column: number, y: number): void {
  if (Number.isNaN(y) || column < 0 || column >= upper.length) return;
  // The upper end has the smaller number. Written so that NaN gives way.
  if (!(y >= (upper[column] as number))) upper[column] = y;
  if (!(y <= (lower[column] as number))) lower[column] = y;
}

/** Where a line goes: x and y in turn, NaN where it breaks. Its x never falls. */
export function spansOf(line: Float32Array, box: Box): Spans {
  const spans = emptySpans(box);
  const last = spans.upper.length - 1;
  for (let i = 0; i + 3 < line.length; i += 2) {
    const [x0, y0] = [(line[i] as number) - box.left, line[i + 1] as number];
    const [x1, y1] = [(line[i + 2] as number) - box.left, line[i + 3] as number];
    if (Number.isNaN(y0) || Number.isNaN(y1)) continue;
    const slope = x1 > x0 ? (y1 - y0) / (x1 - x0) : 0;
    const [from, to] = [Math.max(0, Math.floor(x0)), Math.min(last, Math.floor(x1))];
    for (let column = from; column <= to; column++) {
      widen(spans, column, column <= x0 ? y0 : y0 + (column - x0) * slope);
      widen(spans, column, column + 1 >= x1 ? y1 : y0 + (column + 1 - x0) * slope);
    }
  }
  return spans;
}
