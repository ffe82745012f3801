import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { csvOf } from "../export/csv.ts";
import { jsonOf } from "../export/json.ts";
import type { Library } from "../index/library.ts";
import type { RunDetail } from "../wire/schema.ts";
import type { AllPoints } from "../wire/series.ts";
import { writeHead } from "./answer.ts";
import { Refusal } from "./refusal.ts";

/** Sends all points of a run, in pieces: the client reads as quickly as it can. */
export async function sendExport(
  response: ServerResponse,
  library: Library,
  detail: RunDetail,
  format: string | null,
): Promise<void> {
  if (format !== "csv" && format !== "json") {
    throw new Refusal(400, "format must be csv or json.");
  }
  const { id, keys } = detail.run;
  const series: [string, AllPoints][] = [];
  for (const key of Object.keys(keys)) {
    const points = await library.points(id, key);
    if (points) series.push([key, points]);
  }
  const pieces = format === "csv" ? csvOf(id, series) : jsonOf(detail, series);
  const type = format === "csv" ? "text/csv; charset=utf-8" : "application/json; charset=utf-8";
  const headers = { "content-disposition": `attachment; filename="run.${format}"` };
  writeHead(response, { type, headers, isForeign: true });
  await pipeline(Readable.from(pieces), response);
}
