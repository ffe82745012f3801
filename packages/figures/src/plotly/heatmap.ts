import { type Json, type JsonObject, Undrawable } from "../drawing.ts";
import { axisOf } from "./axis.ts";
import { listOf, numberOr, objectOf, type Trace } from "./trace.ts";

/** What is left for cells of Plotly's own size. */
const CELLS_WIDTH = 560;

const SCHEMES: { readonly [name: string]: string } = {
  ...{ blues: "blues", greens: "greens", greys: "greys", reds: "reds", ylgnbu: "yellowgreenblue" },
  ...{ ylorrd: "yelloworangered", rdbu: "redblue", viridis: "viridis", cividis: "cividis" },
  ...{ plasma: "plasma", inferno: "inferno", magma: "magma", jet: "turbo", turbo: "turbo" },
};

/** A cell for each number of `z`, and its text if the trace asks for texts. */
export function heatmapLayers({ attributes, name }: Trace, layout: JsonObject): JsonObject[] {
  const { z, x, y, transpose, texttemplate } = attributes;
  const rows = listOf(z).map(listOf);
  if (rows.length === 0) throw new Undrawable(`the heatmap "${name}" has no z in rows`);
  if (transpose === true)
    throw new Undrawable(`the heatmap "${name}" is transposed: log z as it is to be seen`);
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const xs = labels(x, width);
  const ys = labels(y, rows.length);
  const [xLayout, yLayout] = [objectOf(layout.xaxis), objectOf(layout.yaxis)];
  const across = axisOf(withoutRange(xLayout), xs, { isDiscrete: true, width: CELLS_WIDTH });
  const up = axisOf(withoutRange(yLayout), ys, { isDiscrete: true });
  const values = rows.flatMap((row, at) =>
    row.flatMap((value, column) =>
      typeof value !== "number"
        ? []
        : [
            {
              ...{ x: across.of(xs[column]), y: up.of(ys[at]), z: value },
              text: cellText(texttemplate, attributes.text, [at, column], value),
            },
          ],
    ),
  );
  const base = {
    x: { ...across.channel("x"), sort: xs },
    // The first row is the lowest, unless the axis is turned round.
    y: { ...up.channel("y"), sort: ys.toReversed() },
  };
  const cells = { ...base, color: { field: "z", type: "quantitative", ...colorsOf(attributes) } };
  const data = { values };
  const layers: JsonObject[] = [{ data, mark: { type: "rect" }, encoding: cells }];
  if (texttemplate === undefined) return layers;
  const test = "luminance(scale('color', datum.z)) > 0.35";
  return [
    ...layers,
    {
      data,
      mark: { type: "text" },
      encoding: {
        ...base,
        text: { field: "text", type: "nominal" },
        color: { condition: { test, value: "black" }, value: "white" },
      },
    },
  ];
}

function labels(given: Json | undefined, length: number): Json[] {
  const list = listOf(given);
  return Array.from({ length }, (_, index) => list[index] ?? index);
}

/** A cell has a place, not a length: what a range would cut is shown. */
function withoutRange({ range, ...layout }: JsonObject): JsonObject {
  return layout;
}

function colorsOf({
  colorscale,
  reversescale,
  zmin,
  zmax,
  showscale,
  colorbar,
}: JsonObject): JsonObject {
  const stops = listOf(colorscale).map(listOf);
  const title = objectOf(objectOf(colorbar).title).text ?? null;
  const [first, last] = [zmin, zmax];
  const isFixed = typeof first === "number" && typeof last === "number";
  const isReversed = reversescale === true;
  const colors = stops.map(([, color]) => String(color));
  const own =
    typeof colorscale === "string" ? colorscale.replace(/_r$/i, "").toLowerCase() : "plasma";
  const isTurned = typeof colorscale === "string" && /_r$/i.test(colorscale);
  return {
    title,
    scale: {
      ...(stops.length > 1
        ? { range: isReversed ? colors.toReversed() : colors, interpolate: "rgb" }
        : { scheme: SCHEMES[own] ?? "viridis", reverse: isReversed !== isTurned }),
      ...(isFixed ? { domain: [first, last], clamp: true } : { zero: false }),
    },
    ...(showscale === false && { legend: null }),
  };
}

/** `%{z}`, `%{z:.2f}` and `%{text}` of a template. */
function cellText(
  template: Json | undefined,
  texts: Json | undefined,
  [row, column]: readonly [number, number],
  value: number,
): string {
  if (typeof template !== "string") return "";
  return template
    .replaceAll(/%\{text(?::[^}]*)?\}/g, () => String(listOf(listOf(texts)[row])[column] ?? ""))
    .replaceAll(/%\{z(?::([^}]*))?\}/g, (_, format?: string) => numberText(value, format));
}

function numberText(value: number, format: string | undefined): string {
  const [, digits, kind] = /^,?\.?(\d+)?([fe%d])?$/.exec(format ?? "") ?? [];
  const places = numberOr(digits === undefined ? undefined : Number(digits), 2);
  if (kind === "f") return value.toFixed(Math.min(places, 20));
  if (kind === "e") return value.toExponential(Math.min(places, 20));
  if (kind === "%") return `${(value * 100).toFixed(Math.min(places, 20))}%`;
  return String(Number(value.toPrecision(4)));
}
