import { type Json, type JsonObject, Undrawable } from "../drawing.ts";
import { plainText } from "./text.ts";

/** One trace that is shown, with its name and colour. */
export type Trace = {
  readonly attributes: JsonObject;
  readonly type: string;
  /** Different from all others. */
  readonly name: string;
  readonly color: string;
};

/** Plotly's own. */
const COLORWAY = [
  ...["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd"],
  ...["#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf"],
];

/** The traces that are shown, in order. */
export function tracesOf(data: Json | undefined, layout: JsonObject): Trace[] {
  const ways = listOf(layout.colorway).filter((color) => typeof color === "string");
  const colorway = ways.length > 0 ? ways : COLORWAY;
  const names = new Set<string>();
  return listOf(data).flatMap((item, index): Trace[] => {
    const attributes = objectOf(item);
    const { visible, name, marker, line } = attributes;
    if (visible === false || visible === "legendonly") return [];
    const own = typeof name === "string" ? plainText(name) : `trace ${index}`;
    const unique = names.has(own) ? `${own} (${index})` : own;
    names.add(unique);
    const color = [objectOf(marker).color, objectOf(line).color].find(
      (candidate) => typeof candidate === "string",
    );
    const type = typeof attributes.type === "string" ? attributes.type : "scatter";
    return [
      {
        attributes,
        type,
        name: unique,
        color: color ?? (colorway[index % colorway.length] as string),
      },
    ];
  });
}

export function objectOf(value: Json | undefined): JsonObject {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as JsonObject) : {};
}

export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

export function numberOr(value: Json | undefined, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}

/** The values along both axes; where one is not given, 0, 1, 2, …. Only pairs: the longer list is cut. */
export function pointsOf({ attributes, name }: Trace): { x: readonly Json[]; y: readonly Json[] } {
  const { x, y } = attributes;
  for (const list of [x, y]) {
    if (Array.isArray(listOf(list)[0])) {
      throw new Undrawable(`"${name}" has categories of several levels, which are not drawn`);
    }
  }
  const [xs, ys] = [listOf(x), listOf(y)];
  const counted = (axis: "x" | "y", length: number): Json[] => {
    const start = numberOr(attributes[`${axis}0`], 0);
    const step = numberOr(attributes[`d${axis}`], 1);
    return Array.from({ length }, (_, index) => start + index * step);
  };
  if (xs.length === 0) return { x: counted("x", ys.length), y: ys };
  if (ys.length === 0) return { x: xs, y: counted("y", xs.length) };
  const length = Math.min(xs.length, ys.length);
  return { x: xs.slice(0, length), y: ys.slice(0, length) };
}
