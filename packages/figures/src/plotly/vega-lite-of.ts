import { type Json, type JsonObject, Undrawable } from "../drawing.ts";
import { type Axis, axisOf } from "./axis.ts";
import { barLayers } from "./bar.ts";
import { heatmapLayers } from "./heatmap.ts";
import { binsOf } from "./histogram.ts";
import { scatterLayers } from "./scatter.ts";
import { titleOf } from "./text.ts";
import { numberOr, objectOf, pointsOf, type Trace, tracesOf } from "./trace.ts";

/** Plotly's own size. */
const WIDTH = 700;
const HEIGHT = 450;

const LINES = ["scatter", "scattergl"];

/**
 * A figure of Plotly as Vega-Lite: lines, points, bars, histograms and heatmaps on one pair of axes. Shapes, annotations, and what
 * appears under the pointer are left out.
 *
 * @throws {Undrawable} for anything whose picture would not say the same.
 */
export function vegaLiteOf({ data, layout: given }: JsonObject): JsonObject {
  const layout = objectOf(given);
  const traces = tracesOf(data, layout);
  requireDrawable(traces);
  const title = titleOf(layout);
  const width = numberOr(layout.width, WIDTH);
  const height = numberOr(layout.height, HEIGHT);
  return {
    ...{ width, height, autosize: { type: "fit", contains: "padding" } },
    ...(title !== null && { title }),
    layer: layersOf(traces, layout),
    resolve: { scale: { fill: "independent" } },
  };
}

function requireDrawable(traces: readonly Trace[]): void {
  if (traces.length === 0) throw new Undrawable("no trace of it is visible");
  const known = [...LINES, "bar", "histogram", "heatmap"];
  for (const { type, name, attributes } of traces) {
    if (!known.includes(type)) {
      throw new Undrawable(
        `"${name}" is a trace of the type "${type}"; without a browser ${known.join(", ")} are drawn`,
      );
    }
    const { xaxis = "x", yaxis = "y" } = attributes;
    if (xaxis !== "x" || yaxis !== "y") {
      throw new Undrawable("it has several axes in one direction, which are not drawn");
    }
  }
  const isMixed = (type: string) =>
    traces.some((trace) => trace.type === type) && traces.some((trace) => trace.type !== type);
  const hasHeatmaps = traces.filter(({ type }) => type === "heatmap").length;
  if (hasHeatmaps > 1 || isMixed("heatmap") || isMixed("histogram")) {
    throw new Undrawable("it shows a heatmap or a histogram together with other traces");
  }
}

function layersOf(traces: readonly Trace[], layout: JsonObject): JsonObject[] {
  const [first] = traces as [Trace, ...Trace[]];
  if (first.type === "heatmap") return heatmapLayers(first, layout);
  const [x, y] = [objectOf(layout.xaxis), objectOf(layout.yaxis)];
  if (first.type === "histogram") return histogramLayers(traces, x, y, layout);
  const bars = traces.filter(({ type }) => type === "bar");
  const isAcross = bars[0]?.attributes.orientation === "h";
  const points = traces.map(pointsOf);
  const hasBars = bars.length > 0;
  const isUpright = hasBars && !isAcross;
  const [xs, ys] = [points.flatMap((point) => point.x), points.flatMap((point) => point.y)];
  const axes: [Axis, Axis] = [
    axisOf(x, xs, {
      ...{ isDiscrete: isUpright, isFromZero: hasBars && isAcross },
      width: numberOr(layout.width, WIDTH),
    }),
    axisOf(y, ys, { isDiscrete: hasBars && isAcross, isFromZero: isUpright }),
  ];
  const lines = traces.filter(({ type }) => LINES.includes(type));
  return [
    ...barLayers(bars, axes, layout, colorOf(traces, layout)),
    ...lines.flatMap((trace, at) =>
      scatterLayers(trace, lines[at - 1], axes, {
        ...{ ...colorOf(traces, layout), datum: trace.name },
      }),
    ),
  ];
}

function histogramLayers(
  traces: readonly Trace[],
  xLayout: JsonObject,
  yLayout: JsonObject,
  layout: JsonObject,
): JsonObject[] {
  const bins = traces.map(binsOf);
  const x = axisOf(
    xLayout,
    bins.flat().map(({ x0 }) => x0),
  );
  const y = axisOf(yLayout, [0], { isFromZero: true });
  return traces.map(({ name }, at) => ({
    data: { values: bins[at] as readonly JsonObject[] },
    mark: { type: "bar", opacity: traces.length > 1 ? 0.6 : 1 },
    encoding: {
      ...{ x: x.channel("x0"), x2: { field: "x1" } },
      y: { ...y.channel("count"), stack: null },
      y2: { datum: 0 },
      color: { ...colorOf(traces, layout), datum: name },
    },
  }));
}

/** One colour for each trace, and a legend if there are several or the figure asks for one. */
function colorOf(traces: readonly Trace[], layout: JsonObject): { [property: string]: Json } {
  const shown = layout.showlegend ?? traces.length > 1;
  return {
    ...{ type: "nominal", title: null },
    scale: {
      domain: traces.map(({ name }) => name),
      range: traces.map(({ color }) => color),
    },
    legend: shown === false ? null : { labelLimit: 240 },
  };
}
