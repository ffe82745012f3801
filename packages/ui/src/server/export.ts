import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { EXPORT_TYPES, type ExportFormat, exportRun } from "../export/export-run.ts";
import type { Library } from "../index/library.ts";
import { Refusal } from "../wire/refusal.ts";
import type { RunDetail } from "../wire/schema.ts";
import { writeHead } from "./answer.ts";

/** Sends all points of a run, in pieces: the client reads as quickly as it can. */
export async function sendExport(
  response: ServerResponse,
  library: Library,
  detail: RunDetail,
  format: string | null,
): Promise<void> {
  const type = EXPORT_TYPES[format as ExportFormat];
  if (type === undefined) throw new Refusal(400, "format must be csv, json or html.");
  const pieces = await exportRun(library, detail, format as ExportFormat);
  const headers = { "content-disposition": `attachment; filename="run.${format}"` };
  writeHead(response, { type, headers, isForeign: true });
  await pipeline(Readable.from(pieces), response);
}
