import { pythonNumber } from "@acc/tracker-kit";

/** A value that a metric can have. */
export type Scalar = number | bigint | boolean | string;

/** First line of a metric's file. */
export function headerLine(name: string, hasTimestamps: boolean): string {
  const column = cell(name.slice(name.lastIndexOf("/") + 1));
  return `${hasTimestamps ? "timestamp\t" : ""}step\t${column}\n`;
}

/** One row of a metric's file. @param timestampMs the first column, if the file has it. */
export function rowLine(step: number, value: Scalar, timestampMs: number | undefined): string {
  const time = timestampMs === undefined ? "" : `${Math.trunc(timestampMs)}\t`;
  return `${time}${pythonNumber(step)}\t${cell(value)}\n`;
}

function cell(value: Scalar): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "string") return pythonNumber(value);
  return /[\t"\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
