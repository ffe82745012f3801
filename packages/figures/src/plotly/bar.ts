import type { Json, JsonObject } from "../drawing.ts";
import type { Axis } from "./axis.ts";
import { pointsOf, type Trace } from "./trace.ts";

/** All bars of a figure: side by side, or on each other. */
export function barLayers(
  traces: readonly Trace[],
  [x, y]: readonly [Axis, Axis],
  layout: JsonObject,
  color: JsonObject,
): JsonObject[] {
  if (traces.length === 0) return [];
  const isAcross = traces[0]?.attributes.orientation === "h";
  const { barmode = "group" } = layout;
  const values = traces.flatMap((trace, place) => {
    const points = pointsOf(trace);
    return points.x.map((_, i): { [field: string]: Json } => ({
      ...{ x: x.of(points.x[i]), y: y.of(points.y[i]), series: trace.name, place },
    }));
  });
  const names = traces.map(({ name }) => name);
  const isGrouped = barmode === "group" && traces.length > 1;
  const isStacked = barmode === "stack" || barmode === "relative";
  const offset = { field: "series", sort: names };
  const length = { stack: isStacked ? "zero" : null };
  const along = {
    x: { ...x.channel("x"), ...(isAcross && length) },
    y: { ...y.channel("y"), ...(!isAcross && length) },
  };
  return [
    {
      data: { values },
      mark: { type: "bar", opacity: barmode === "overlay" && traces.length > 1 ? 0.7 : 1 },
      encoding: {
        ...along,
        color: { ...color, field: "series" },
        // The first trace lies below the others.
        ...(isStacked && { order: { field: "place", type: "quantitative" } }),
        ...(isGrouped && { [isAcross ? "yOffset" : "xOffset"]: offset }),
      },
    },
  ];
}
