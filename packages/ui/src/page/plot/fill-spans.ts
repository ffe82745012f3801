import type { Spans } from "./spans.ts";

export type Brush = {
  /** Height of a level line, in device pixels. */
  readonly size: number;
  /** Columns that are painted and columns that are not, in turn. */
  readonly dash?: readonly [on: number, off: number];
};

/** @param left the pixel of the first column. */
export function fillSpans(
  context: CanvasRenderingContext2D,
  { upper, lower }: Spans,
  left: number,
  { size, dash }: Brush,
): void {
  // A steep line is as thick as a level one: every column also shows what its neighbours have.
  const reach = Math.max(0, Math.round(size / 2 - 0.5));
  const half = size / 2;
  for (let column = 0; column < upper.length; column++) {
    if (dash && column % (dash[0] + dash[1]) >= dash[0]) continue;
    let top = upper[column] as number;
    if (Number.isNaN(top)) continue;
    let bottom = lower[column] as number;
    for (let near = column - reach; near <= column + reach; near++) {
      const [high, low] = [upper[near] as number, lower[near] as number];
      if (high < top) top = high;
      if (low > bottom) bottom = low;
    }
    context.fillRect(left + column, top - half, 1, bottom - top + size);
  }
}
