import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import type { LogValue } from "@acc/core/tracker";
import { encodePng, toJson, wellFormed } from "@acc/tracker-kit";
import type { MediaContent } from "../wire/series.ts";
import { type Answer, sendBytes, sendJson, writeHead } from "./answer.ts";
import { Refusal } from "./refusal.ts";

const HEAD_BYTES = 512;
/** Rows of a table in one answer. */
const MAX_ROWS = 1000;

/** How bytes begin that a browser may show as an image. All others are for saving. */
const IMAGES: readonly (readonly [type: string, start: RegExp])[] = [
  ["image/png", /^\x89PNG\r\n/],
  ["image/jpeg", /^\xff\xd8\xff/],
  ["image/gif", /^GIF8[79]a/],
  ["image/webp", /^RIFF[\s\S]{4}WEBP/],
  ["image/svg+xml", /^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)?<svg[\s>]/],
];

export type MediaPart = {
  /** Which image of a batch. */
  readonly picture: number;
  /** The first row of a table. */
  readonly row: number;
};

/** Sends what was logged: images as PNG, tables and histograms as JSON, files as they are. */
export async function sendMedia(
  response: ServerResponse,
  content: MediaContent,
  { picture, row }: MediaPart,
): Promise<void> {
  switch (content.kind) {
    case "pixels":
      return sendBytes(response, pictureOf(content, picture), {
        ...{ type: "image/png", isForeign: true },
      });
    case "table": {
      const rows = content.rows
        .slice(row, row + MAX_ROWS)
        .map((cells) => toJson(cells as LogValue[]));
      return sendJson(response, { columns: content.columns, rows, numRows: content.rows.length });
    }
    case "values":
      return sendJson(response, { values: toJson(content.values as number[]) });
    case "bytes":
      return sendBytes(response, content.bytes, fileAnswer(content.name, content.bytes));
    case "file":
      return await sendFile(response, content.path, content.name);
    default:
      content satisfies never;
  }
}

/** The PNG of one image. Of a batch only this one is copied. */
function pictureOf(
  { data, shape }: Extract<MediaContent, { kind: "pixels" }>,
  picture: number,
): Uint8Array {
  const single = shape.length === 4 ? shape.slice(1) : shape;
  const size = single.reduce((product, length) => product * length, 1);
  const pixels = data.subarray(picture * size, (picture + 1) * size);
  if (pixels.length === 0 || pixels.length !== size) throw new Refusal(404, "No such image.");
  return encodePng({ data: pixels, shape: single }).png;
}

async function sendFile(response: ServerResponse, path: string, name: string): Promise<void> {
  const file = await open(path, "r").catch(() => undefined);
  if (!file) throw new Refusal(404, "The file is gone.");
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new Refusal(404, "This is no file.");
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const answer = fileAnswer(name, buffer.subarray(0, bytesRead));
    writeHead(response, {
      ...answer,
      headers: { ...answer.headers, "content-length": String(stats.size) },
    });
    if (stats.size === 0) response.end();
    else {
      // Not beyond the size that was announced: the file may grow meanwhile.
      const range = { start: 0, end: stats.size - 1, autoClose: false };
      await pipeline(createReadStream("", { fd: file, ...range }), response);
    }
  } finally {
    await file.close();
  }
}

function fileAnswer(name: string, start: Uint8Array): Answer {
  const text = Buffer.from(start.subarray(0, HEAD_BYTES)).toString("latin1");
  const type = IMAGES.find(([, pattern]) => pattern.test(text))?.[0] ?? "application/octet-stream";
  // In the quotes only what cannot end them; everything else encoded.
  const plain = basename(name).replaceAll(/[^\w.-]/g, "_");
  const encoded = encodeURIComponent(wellFormed(basename(name))).replaceAll("'", "%27");
  const disposition = `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
  return { type, isForeign: true, headers: { "content-disposition": disposition } };
}
