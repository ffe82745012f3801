import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { exportRun } from "../export/export-run.ts";
import type { Library } from "../index/library.ts";
import type { RunDetail } from "../wire/schema.ts";
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
  const pieces = await exportRun(library, detail, format);
  const type = format === "csv" ? "text/csv; charset=utf-8" : "application/json; charset=utf-8";
  const headers = { "content-disposition": `attachment; filename="run.${format}"` };
  writeHead(response, { type, headers, isForeign: true });
  await pipeline(Readable.from(pieces), response);
}
