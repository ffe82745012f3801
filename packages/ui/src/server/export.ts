import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { EXPORT_FORMATS, EXPORT_TYPES, exportRun } from "../export/export-run.ts";
import type { Library } from "../index/library.ts";
import { Refusal } from "../wire/refusal.ts";
import type { RunDetail } from "../wire/schema.ts";
import { writeHead } from "./answer.ts";

/** Sends all points of a run, in pieces: the client reads as quickly as it can. */
export async function sendExport(
  response: ServerResponse,
  library: Library,
  detail: RunDetail,
  asked: string | null,
): Promise<void> {
  const format = EXPORT_FORMATS.find((known) => known === asked);
  if (format === undefined) {
    throw new Refusal(400, `format must be one of ${EXPORT_FORMATS.join(", ")}.`);
  }
  const pieces = await exportRun(library, detail, format);
  const type = EXPORT_TYPES[format];
  const headers = { "content-disposition": `attachment; filename="run.${format}"` };
  writeHead(response, { type, headers, isForeign: true });
  await pipeline(Readable.from(pieces), response);
}
