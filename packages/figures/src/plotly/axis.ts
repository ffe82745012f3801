import type { Json, JsonObject } from "../drawing.ts";
import { titleOf } from "./text.ts";
import { listOf } from "./trace.ts";

export type AxisKind = "number" | "log" | "date" | "category";

/** An axis of a figure: how its values are written, and the channel of Vega-Lite. */
export type Axis = {
  readonly kind: AxisKind;
  /** A value as a number, a time in milliseconds, or a text. */
  readonly of: (value: Json | undefined) => number | string | null;
  /** The channel for a field, such as `encoding.x`. */
  readonly channel: (field: string) => JsonObject;
};

/** With the space between two labels. */
const CHARACTER_WIDTH = 8;

const DATE = /^\d{4}-\d\d(-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?)?(Z|[+-]\d\d:?\d\d)?$/;

export type AxisOptions = {
  /** For bars and cells: numbers have a place each. */
  readonly isDiscrete?: boolean;
  /** For the length of bars. */
  readonly isFromZero?: boolean;
  /** Units for the labels of its places; without it they are written one below the other. */
  readonly width?: number;
};

/** @param values all that lie on it, which decide what it is unless the layout does. */
export function axisOf(
  layout: JsonObject,
  values: readonly Json[],
  { isDiscrete = false, isFromZero = false, width }: AxisOptions = {},
): Axis {
  const kind = kindOf(layout, values, isDiscrete);
  const of = readerOf(kind);
  const title = titleOf(layout);
  const [low, high] = listOf(layout.range);
  const isReversed =
    layout.autorange === "reversed" ||
    (typeof low === "number" && typeof high === "number" && low > high);
  const scale: { [property: string]: Json } = {};
  if (kind === "log") scale.type = "log";
  if (kind === "date") scale.type = "utc";
  if (kind === "number") scale.zero = isFromZero || layout.rangemode === "tozero";
  if (isReversed) scale.reverse = true;
  const domain = kind === "category" ? undefined : domainOf(kind, low, high, of);
  if (domain) Object.assign(scale, { domain, clamp: false });
  const type = {
    number: "quantitative",
    log: "quantitative",
    date: "temporal",
    category: "nominal",
  }[kind];
  const order = isDiscrete && values.every((value) => typeof value === "number" || value === null);
  return {
    kind,
    of,
    channel: (field) => ({
      field,
      type: order && kind === "category" ? "ordinal" : type,
      title,
      ...(kind === "category" ? { sort: order ? "ascending" : null } : {}),
      ...(Object.keys(scale).length > 0 && { scale }),
      axis: {
        labelOverlap: true,
        ...(kind === "category" && width !== undefined && { labelAngle: angleOf(values, width) }),
        ...(layout.showgrid === false && { grid: false }),
      },
    }),
  };
}

/** Long labels are written aslant. */
function angleOf(values: readonly Json[], width: number): number {
  const characters = [...new Set(values)].reduce<number>((sum, one) => sum + String(one).length, 0);
  return characters * CHARACTER_WIDTH > width ? -45 : 0;
}

function kindOf({ type }: JsonObject, values: readonly Json[], isDiscrete: boolean): AxisKind {
  if (type === "log" && !isDiscrete) return "log";
  if (type === "date") return "date";
  if (type === "category" || isDiscrete) return "category";
  const known = values.filter((value) => value !== null);
  if (known.every((value) => typeof value === "number")) return "number";
  if (known.every((value) => typeof value === "string" && DATE.test(value))) return "date";
  const isText = known.some(
    (value) => typeof value === "string" && !Number.isFinite(Number(value)),
  );
  return isText && type !== "linear" ? "category" : "number";
}

function readerOf(kind: AxisKind): Axis["of"] {
  switch (kind) {
    case "category":
      return (value) => (typeof value === "number" ? value : value === null ? null : String(value));
    case "date":
      return (value) => timeOf(value ?? null);
    default:
      return (value) => {
        const number = typeof value === "string" && value !== "" ? Number(value) : value;
        const isThere = typeof number === "number" && Number.isFinite(number);
        return isThere && (kind !== "log" || number > 0) ? number : null;
      };
  }
}

/** Plotly takes a time without a zone as UTC. */
function timeOf(value: Json): number | null {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return null;
  const text = value.replace(" ", "T");
  const time = Date.parse(/T[\d:.]+$/.test(text) ? `${text}Z` : text);
  return Number.isNaN(time) ? null : time;
}

/** The range of a logarithmic axis is given in exponents. */
function domainOf(
  kind: AxisKind,
  low: Json | undefined,
  high: Json | undefined,
  of: Axis["of"],
): Json[] | undefined {
  const ends = [low, high].map((end) =>
    kind === "log" && typeof end === "number" ? 10 ** end : of(end ?? null),
  );
  if (ends.some((end) => typeof end !== "number")) return undefined;
  return (ends as number[]).sort((a, b) => a - b);
}
