import type { Library } from "../index/library.ts";
import type { RunDetail } from "../wire/schema.ts";
import type { AllPoints } from "../wire/series.ts";
import { csvOf } from "./csv.ts";
import { jsonOf } from "./json.ts";

export type ExportFormat = "csv" | "json";

/** All points of these keys of a run as text, in pieces. */
export async function exportRun(
  library: Library,
  detail: RunDetail,
  format: ExportFormat,
  keys: readonly string[] = Object.keys(detail.run.keys),
): Promise<Iterable<string>> {
  const { id } = detail.run;
  const series: [key: string, points: AllPoints][] = [];
  for (const key of keys) {
    const points = await library.points(id, key);
    if (points) series.push([key, points]);
  }
  return format === "csv" ? csvOf(id, series) : jsonOf(detail, series);
}
