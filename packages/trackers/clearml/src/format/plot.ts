import type { LogValue, TableData } from "@acc/core/tracker";
import { type Json, toJson } from "@acc/tracker-kit";

/** A plotly figure. */
export type Figure = { readonly [key: string]: Json };

/** A table as the Python client draws it. */
export function tableFigure({ columns, rows }: TableData, title: string, series: string): Figure {
  const family = "Heebo, verdana, arial, sans-serif";
  const cells = columns.map((_, column) => rows.map((row) => toJson(row[column])));
  return {
    data: [
      {
        type: "table",
        header: {
          values: columns.map((name) => toJson(name)),
          align: "left",
          line: { width: 0.5, color: "#d4d6e0" },
          fill: { color: "#fff" },
          font: { family, size: 12, color: "#333" },
        },
        cells: {
          height: 30,
          values: cells,
          align: "left",
          line: { color: "white", width: 1 },
          font: { family, size: 14, color: "#384161" },
        },
      },
    ],
    layout: { "title.text": title, title: series },
  };
}

/** Numbers by index as bars. Those that are not finite leave a gap. */
export function barFigure(values: readonly number[], title: string, series: string): Figure {
  const heights = values.map((value) => (Number.isFinite(value) ? value : null));
  return {
    data: [{ type: "bar", name: series, y: heights }],
    layout: { title: { text: title }, barmode: "group" },
  };
}

/** The numbers of a flat list of at least two, or a typed array; undefined for anything else. */
export function vectorOf(value: LogValue): number[] | undefined {
  if (ArrayBuffer.isView(value)) return [...(value as Float32Array)];
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.every((item) => typeof item === "number") ? (value as number[]) : undefined;
}
