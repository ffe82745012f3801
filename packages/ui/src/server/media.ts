import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import type { FigureData } from "@acc/core/journal";
import { wellFormed } from "@acc/tracker-kit";
import { figurePart } from "../export/figure-part.ts";
import { histogramOf } from "../export/histogram.ts";
import { HEAD_BYTES, imageType } from "../export/image-type.ts";
import { pictureOf, tablePart } from "../export/media-part.ts";
import { Refusal } from "../wire/refusal.ts";
import type { MediaContent } from "../wire/series.ts";
import { type Answer, sendBytes, sendJson, writeHead } from "./answer.ts";

export type MediaPart = {
  /** Which image of a batch. */
  readonly picture: number;
  /** The first row of a table. */
  readonly row: number;
};

/** Sends what was logged: images as PNG, figures as SVG, or as the reason why they cannot be drawn, tables and histograms as JSON, files as they are. */
export async function sendMedia(
  response: ServerResponse,
  content: MediaContent,
  { picture, row }: MediaPart,
): Promise<void> {
  switch (content.kind) {
    case "pixels":
      return sendPicture(response, pictureOf(content, picture));
    case "table":
      return sendJson(response, tablePart(content, row));
    case "figure":
      return sendBytes(response, ...(await drawnFigure(content.figure)));
    case "values":
      return sendJson(response, histogramOf(content.values));
    case "bytes":
      return sendBytes(response, content.bytes, fileAnswer(content.name, content.bytes));
    case "file":
      return await sendFile(response, content.path, content.name);
    default:
      content satisfies never;
  }
}

async function drawnFigure(figure: FigureData): Promise<[bytes: Uint8Array, answer: Answer]> {
  const { bytes, type } = await figurePart(figure);
  return [bytes, { type, isForeign: true }];
}

function sendPicture(response: ServerResponse, png: Uint8Array | undefined): void {
  if (png === undefined) throw new Refusal(404, "No such image.");
  sendBytes(response, png, { type: "image/png", isForeign: true });
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
  const type = imageType(start) ?? "application/octet-stream";
  // In the quotes only what cannot end them; everything else encoded.
  const plain = basename(name).replaceAll(/[^\w.-]/g, "_");
  const encoded = encodeURIComponent(wellFormed(basename(name))).replaceAll("'", "%27");
  const disposition = `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
  return { type, isForeign: true, headers: { "content-disposition": disposition } };
}
