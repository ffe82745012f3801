import { type Json, type JsonObject, Undrawable } from "../drawing.ts";
import type { Axis } from "./axis.ts";
import { listOf, numberOr, objectOf, pointsOf, type Trace } from "./trace.ts";

/** Plotly shows points on a line of fewer. */
const FEW_POINTS = 20;
const DASHES: { readonly [name: string]: Json } = {
  ...{ dot: [2, 3], dash: [6, 4], longdash: [10, 4], dashdot: [6, 3, 2, 3] },
};

/** Lines, points and filled areas of a trace. @param below the trace before, for an area that ends there. */
export function scatterLayers(
  trace: Trace,
  below: Trace | undefined,
  [x, y]: readonly [Axis, Axis],
  color: JsonObject,
): JsonObject[] {
  const { attributes } = trace;
  const { error_x, error_y, mode, fill = "none", line, marker, opacity } = attributes;
  if (error_x !== undefined) {
    throw new Undrawable(`"${trace.name}" has error bars along x, which are not drawn`);
  }
  const points = pointsOf(trace);
  const at = (values: readonly Json[], index: number, axis: Axis) => axis.of(values[index]);
  const values = points.x.map((_, i): { [field: string]: Json } => ({
    ...{ i, x: at(points.x, i, x), y: at(points.y, i, y) },
  }));
  const modes = String(mode ?? (values.length < FEW_POINTS ? "lines+markers" : "lines")).split("+");
  const hasMarkers = modes.includes("markers");
  const base = { x: x.channel("x"), y: y.channel("y"), color };
  const layers: JsonObject[] = [];
  if (fill !== "none") layers.push(areaLayer(trace, below, values, [x, y], base));
  if (modes.includes("lines")) {
    const { width, dash, shape } = objectOf(line);
    const interpolate = { hv: "step-after", vh: "step-before", hvh: "step", spline: "monotone" };
    const form = interpolate[shape as keyof typeof interpolate];
    layers.push({
      data: { values },
      mark: {
        ...{ type: "line", strokeWidth: numberOr(width, 2) },
        ...(form !== undefined && { interpolate: form }),
        ...(DASHES[String(dash)] !== undefined && { strokeDash: DASHES[String(dash)] as Json }),
        ...(opacity !== undefined && { opacity }),
      },
      // In the order of the list, not along x.
      encoding: { ...base, order: { field: "i", type: "quantitative" } },
    });
  }
  if (error_y !== undefined) layers.push(errorLayer(trace, values, base));
  if (hasMarkers) layers.push(markerLayer(values, objectOf(marker), opacity, base));
  return layers;
}

function markerLayer(
  values: readonly { [field: string]: Json }[],
  { size, color: pointColor, opacity: own }: JsonObject,
  opacity: Json | undefined,
  { x, y, color }: JsonObject,
): JsonObject {
  const sizes = listOf(size);
  const colors = listOf(pointColor);
  const isScaled = colors.some((one) => typeof one === "number");
  const fill = isScaled
    ? { field: "c", type: "quantitative", scale: { scheme: "viridis" }, title: null }
    : { field: "c", type: "nominal", scale: null, legend: null };
  return {
    data: {
      values: values.map((value, i) => ({
        ...value,
        ...(sizes.length > 0 && { s: numberOr(sizes[i], 6) ** 2 }),
        ...(colors.length > 0 && { c: colors[i] ?? null }),
      })),
    },
    mark: {
      ...{ type: "point", filled: true, size: numberOr(size, 6) ** 2 },
      opacity: numberOr(own, numberOr(opacity, 1)),
    },
    encoding: {
      ...{ x: x as Json, y: y as Json },
      ...(sizes.length > 0 && { size: { field: "s", type: "quantitative", scale: null } }),
      ...(colors.length > 0 ? { fill } : { color: color as Json }),
    },
  };
}

/** Down to zero, or to the line of the trace before: a band. */
function areaLayer(
  trace: Trace,
  below: Trace | undefined,
  values: readonly { [field: string]: Json }[],
  [, y]: readonly [Axis, Axis],
  base: JsonObject,
): JsonObject {
  const { fill } = trace.attributes;
  const lower = fill === "tonexty" && below ? pointsOf(below).y : undefined;
  const isDrawn = fill === "tozeroy" || (lower && lower.length === values.length);
  if (!isDrawn)
    throw new Undrawable(`"${trace.name}" is filled "${String(fill)}", which is not drawn`);
  return {
    data: {
      values: values.map((value, i) => ({ ...value, y2: lower ? y.of(lower[i]) : 0 })),
    },
    mark: { type: "area", opacity: 0.3 },
    encoding: { ...base, y2: { field: "y2" } },
  };
}

function errorLayer(
  { attributes, name }: Trace,
  values: readonly { [field: string]: Json }[],
  base: JsonObject,
): JsonObject {
  const { array, arrayminus, type = "data", value } = objectOf(attributes.error_y);
  const up = type === "constant" ? values.map(() => value ?? null) : listOf(array);
  if ((type !== "data" && type !== "constant") || up.length === 0) {
    throw new Undrawable(`"${name}" has error bars of a kind that is not drawn`);
  }
  const down = listOf(arrayminus).length > 0 ? listOf(arrayminus) : up;
  return {
    data: {
      values: values.map((point, i) => ({
        ...point,
        low: numberOr(point.y, Number.NaN) - numberOr(down[i], 0),
        high: numberOr(point.y, Number.NaN) + numberOr(up[i], 0),
      })),
    },
    mark: { type: "rule" },
    encoding: {
      ...{ x: base.x as Json, color: base.color as Json },
      y: { ...(base.y as JsonObject), field: "low" },
      y2: { field: "high" },
    },
  };
}
