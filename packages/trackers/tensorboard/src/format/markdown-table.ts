import type { LogValue, TableData } from "@acc/core/tracker";
import { isoText } from "@acc/tracker-kit";

/** A table as Markdown, which TensorBoard's text page renders. */
export function markdownTable({ columns, rows }: TableData): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const head = [line(columns.map(escapeCell)), line(columns.map(() => "---"))];
  return [...head, ...rows.map((row) => line(row.map((cell) => escapeCell(toText(cell)))))].join(
    "\n",
  );
}

function toText(cell: LogValue): string {
  if (cell === null || cell === undefined) return "";
  if (cell instanceof Date) return isoText(cell);
  if (typeof cell !== "object") return String(cell);
  const plain = ArrayBuffer.isView(cell) ? [...(cell as Float32Array)] : cell;
  return JSON.stringify(plain, (_, value) => (typeof value === "bigint" ? String(value) : value));
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", "<br>");
}
