import type { JsonValue, RunSummary } from "../../wire/schema.ts";
import { isSystemKey } from "../../wire/system-keys.ts";
import { byInterest, differingConfig } from "./keys.ts";

/** Which value of a run a column of the table shows. */
export type Column = {
  readonly source: "config" | "last" | "min" | "max";
  readonly name: string;
};

const MAX_CONFIG = 5;
const MAX_METRICS = 3;
const SOURCES = ["config", "last", "min", "max"] as const;

export function columnId({ source, name }: Column): string {
  return `${source}:${name}`;
}

export function columnOf(id: string): Column | undefined {
  const source = SOURCES.find((candidate) => id.startsWith(`${candidate}:`));
  return source && { source, name: id.slice(source.length + 1) };
}

export function cellOf(run: RunSummary, { source, name }: Column): JsonValue | undefined {
  return source === "config" ? run.config[name] : (run.keys[name]?.[source] ?? undefined);
}

/** The columns until the user chooses others: what differs, the losses, and the best of what should be high. */
export function defaultColumns(runs: readonly RunSummary[]): Column[] {
  const config = differingConfig(runs).slice(0, MAX_CONFIG);
  const logged = runs.flatMap((run) => Object.keys(run.keys)).filter((key) => !isSystemKey(key));
  const keys = [...new Set(logged)].sort(byInterest);
  const metrics = keys.filter((key) => /loss|acc/i.test(key));
  const shown = (metrics.length > 0 ? metrics : keys).slice(0, MAX_METRICS);
  return [
    ...config.map((name): Column => ({ source: "config", name })),
    ...shown.map((name): Column => ({ source: /acc/i.test(name) ? "max" : "last", name })),
  ];
}

/** Every column that could be shown. */
export function allColumns(runs: readonly RunSummary[]): Column[] {
  const config = [...new Set(runs.flatMap((run) => Object.keys(run.config)))];
  const keys = [...new Set(runs.flatMap((run) => Object.keys(run.keys)))].sort(byInterest);
  return [
    ...config.map((name): Column => ({ source: "config", name })),
    ...keys.flatMap((name) =>
      (["last", "min", "max"] as const).map((source): Column => ({ source, name })),
    ),
  ];
}

export function columnTitle({ source, name }: Column): string {
  const words = { config: "", last: "", min: "lowest ", max: "highest " };
  return `${words[source]}${name}`;
}

/** Numbers before texts, and what is missing at the end. */
export function compareCells(a: JsonValue | undefined, b: JsonValue | undefined): number {
  const [left, right] = [rankOf(a), rankOf(b)];
  if (left !== right) return left - right;
  if (left === 0) return Number(a) - Number(b);
  const [x, y] = [String(a), String(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

function rankOf(value: JsonValue | undefined): number {
  if (value === undefined || value === null) return 3;
  if (value === "NaN") return 2;
  return typeof value !== "boolean" && !Number.isNaN(Number(value)) ? 0 : 1;
}
