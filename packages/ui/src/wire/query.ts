import { Refusal } from "./refusal.ts";
import type { Axis, PointQuery, SeriesQuery } from "./series.ts";

const MAX_RUNS = 200;
const MAX_WIDTH = 8192;
const MAX_SMOOTH = 0.999;

/** The questions of one chart, in the order of the runs; then those about what resumed runs have logged again. */
export function seriesQueries(query: URLSearchParams): SeriesQuery[] {
  const runs = query.getAll("run");
  const rewound = query.getAll("rewound");
  if (runs.length === 0 || runs.length + rewound.length > MAX_RUNS) {
    throw new Refusal(400, `Ask for 1 to ${MAX_RUNS} runs.`);
  }
  const limits = Object.fromEntries(
    (["x0", "x1"] as const).filter((name) => query.has(name)).map((n) => [n, numberOf(query, n)]),
  );
  const width = Math.round(numberOf(query, "width"));
  if (width < 1 || width > MAX_WIDTH)
    throw new Refusal(400, `width must be from 1 to ${MAX_WIDTH}.`);
  const shared = { ...common(query), ...limits, width, isLogX: query.get("log-x") === "1" };
  return [
    ...runs.map((run): SeriesQuery => ({ ...shared, run })),
    ...rewound.map((run): SeriesQuery => ({ ...shared, run, part: "rewound" })),
  ];
}

export function pointQuery(query: URLSearchParams): PointQuery {
  return { ...common(query), run: textOf(query, "run"), at: numberOf(query, "at") };
}

/** A whole number of a query, 0 if it is not given. */
export function countOf(query: URLSearchParams, name: string): number {
  const value = query.has(name) ? numberOf(query, name) : 0;
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new Refusal(400, `${name} must be a whole number, 0 or more.`);
}

function common(query: URLSearchParams): Pick<SeriesQuery, "key" | "x" | "smooth" | "isLogY"> {
  const smooth = query.has("smooth") ? numberOf(query, "smooth") : 0;
  if (smooth < 0 || smooth > MAX_SMOOTH) {
    throw new Refusal(400, `smooth must be from 0 to ${MAX_SMOOTH}.`);
  }
  const isLogY = query.get("log-y") === "1";
  return { key: textOf(query, "key"), x: axisOf(query.get("x") ?? "step"), smooth, isLogY };
}

/** @param text the name of an axis, or `key:` and a key. */
function axisOf(text: string): Axis {
  switch (text) {
    case "step":
    case "relative-step":
    case "time":
    case "clock":
      return text;
    default:
      if (text.startsWith("key:")) return { key: text.slice("key:".length) };
      throw new Refusal(400, "x must be step, relative-step, time, clock, or key:NAME.");
  }
}

function textOf(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (value === null) throw new Refusal(400, `${name} is missing.`);
  return value;
}

function numberOf(query: URLSearchParams, name: string): number {
  const text = textOf(query, name);
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new Refusal(400, `${name} must be a number.`);
}
