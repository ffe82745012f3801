import type { JsonNumber, JsonValue, RunSummary } from "../../wire/schema.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A number with four digits that count, as a table shows it. Names of numbers that are not finite stay. */
export function shortNumber(value: JsonNumber | null | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value.replace("Infinity", "∞");
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e6) return minus(String(value));
  if (size >= 1e6 || size < 1e-3) return minus(Number(value.toPrecision(4)).toExponential());
  return minus(String(Number(value.toPrecision(4))));
}

/** A number with all its digits, as it is read out. */
export function exactNumber(value: JsonNumber): string {
  return typeof value === "string" ? value.replace("Infinity", "∞") : minus(String(value));
}

function minus(text: string): string {
  return text.replaceAll("-", "−");
}

/** A value of a configuration in one line. */
export function valueText(value: JsonValue | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "number") return shortNumber(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A duration with its two largest units. */
export function durationText(ms: number): string {
  if (ms < MINUTE) return `${Math.max(0, Math.round(ms / SECOND))} s`;
  if (ms < HOUR)
    return `${Math.floor(ms / MINUTE)} min ${Math.floor((ms % MINUTE) / SECOND)} s`.replace(
      " 0 s",
      "",
    );
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${Math.floor((ms % HOUR) / MINUTE)} min`;
  return `${Math.floor(ms / DAY)} d ${Math.floor((ms % DAY) / HOUR)} h`;
}

/** A moment in the time zone of the reader: without the date if it is today's. */
export function timeText(ms: number, nowMs: number): string {
  const date = new Date(ms);
  const pad = (value: number): string => String(value).padStart(2, "0");
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}`;
  const isToday = new Date(nowMs).toDateString() === date.toDateString();
  return isToday
    ? time
    : `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${time}`;
}

export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB", "TB"];
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${units[power - 1]}`;
}

/** How a run is called where there is little room. */
export function runName({
  id,
  name,
  project,
}: Pick<RunSummary, "id" | "name" | "project">): string {
  return name || (project ? `${project} ${id.slice(0, 4)}` : id.slice(0, 8));
}

/** The key without the group in front. */
export function keyTitle(key: string): string {
  return key.slice(key.indexOf("/") + 1) || key;
}

export const STATUS: {
  readonly [status in RunSummary["status"]]: { readonly sign: string; readonly word: string };
} = {
  running: { sign: "●", word: "running" },
  done: { sign: "✓", word: "done" },
  failed: { sign: "✕", word: "failed" },
  killed: { sign: "✕", word: "killed" },
  unknown: { sign: "○", word: "not known" },
};
