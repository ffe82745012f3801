import type { Library } from "../index/library.ts";
import type { RunDetail } from "../wire/schema.ts";
import type { AllPoints } from "../wire/series.ts";
import { csvOf } from "./csv.ts";
import { htmlOf } from "./html.ts";
import { jsonOf } from "./json.ts";
import { takeSnapshot } from "./take-snapshot.ts";

export type ExportFormat = "csv" | "json" | "html";

/** The media type of each. */
export const EXPORT_TYPES: { readonly [format in ExportFormat]: string } = {
  csv: "text/csv; charset=utf-8",
  json: "application/json; charset=utf-8",
  html: "text/html; charset=utf-8",
};

export const EXPORT_FORMATS: readonly ExportFormat[] = Object.keys(EXPORT_TYPES) as ExportFormat[];

/** A run as text, in pieces: all points of these keys. A page has texts, images and tables too. */
export async function exportRun(
  library: Library,
  detail: RunDetail,
  format: ExportFormat,
  keys: readonly string[] = Object.keys(detail.run.keys),
): Promise<Iterable<string>> {
  if (format === "html") return await htmlOf(await takeSnapshot(library, detail, keys));
  const { id } = detail.run;
  const series: [key: string, points: AllPoints][] = [];
  for (const key of keys) {
    const points = await library.points(id, key);
    if (points) series.push([key, points]);
  }
  return format === "csv" ? csvOf(id, series) : jsonOf(detail, series);
}
