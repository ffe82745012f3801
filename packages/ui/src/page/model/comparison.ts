import type { JsonValue, RunSummary } from "../../wire/schema.ts";
import { valueText } from "./format.ts";
import { byInterest } from "./keys.ts";

/** One value of several runs, side by side. */
export type ComparedRow = {
  readonly group: "config" | "values";
  readonly name: string;
  /** In the order of the runs. */
  readonly cells: readonly (JsonValue | undefined)[];
  readonly isDifferent: boolean;
};

/** The configurations of runs, then the last, lowest and highest values of what they logged. */
export function comparedRows(runs: readonly RunSummary[]): ComparedRow[] {
  const config = [...new Set(runs.flatMap((run) => Object.keys(run.config)))];
  const keys = [...new Set(runs.flatMap((run) => Object.keys(run.keys)))].sort(byInterest);
  return [
    ...config.map((name) =>
      rowOf(
        "config",
        name,
        runs.map((run) => run.config[name]),
      ),
    ),
    ...keys.flatMap((key) =>
      (["last", "min", "max"] as const).map((which) => {
        const title = { last: "last", min: "lowest", max: "highest" }[which];
        const cells = runs.map((run) => run.keys[key]?.[which] ?? undefined);
        return rowOf("values", `${key} ${title}`, cells);
      }),
    ),
  ];
}

function rowOf(
  group: ComparedRow["group"],
  name: string,
  cells: readonly (JsonValue | undefined)[],
): ComparedRow {
  const isDifferent = new Set(cells.map((cell) => JSON.stringify(cell))).size > 1;
  return { group, name, cells, isDifferent };
}

/** The rows as a table of Markdown. */
export function markdownTable(titles: readonly string[], rows: readonly ComparedRow[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll(/[\\|]/g, "\\$&").replaceAll("\n", " ")).join(" | ")} |`;
  return [
    line(["", ...titles]),
    line(["---", ...titles.map(() => "---")]),
    ...rows.map(({ name, cells }) => line([name, ...cells.map(valueText)])),
    "",
  ].join("\n");
}

/** The rows as CSV, as spreadsheets read it: a cell that could be a formula there is a text. */
export function csvTable(titles: readonly string[], rows: readonly ComparedRow[]): string {
  const cell = (value: JsonValue | undefined): string => {
    const text =
      value === undefined || value === null
        ? ""
        : typeof value === "object"
          ? JSON.stringify(value)
          : String(value);
    const isFormula =
      typeof value === "string" && /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text));
    const safe = isFormula ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines = [["", ...titles], ...rows.map(({ name, cells }) => [name, ...cells])];
  return lines.map((cells) => `${cells.map(cell).join(",")}\r\n`).join("");
}
