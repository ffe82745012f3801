import type { LogValue, TableData } from "@acc/core/tracker";
import { toJson } from "@acc/tracker-kit";

/** A table as Comet's client writes it: commas, CRLF, quotes where a cell needs them. */
export function toCsv({ columns, rows }: TableData): string {
  return [columns, ...rows].map((row) => `${row.map(cellOf).join(",")}\r\n`).join("");
}

function cellOf(value: LogValue): string {
  const text = textOf(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function textOf(value: LogValue): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  const json = toJson(value);
  return typeof json === "object" ? JSON.stringify(json) : String(json);
}
