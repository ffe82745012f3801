import { createHash } from "node:crypto";
import type { FigureData, ImageData, MediaData, TableData } from "@acc/core/tracker";
import { encodePng, figureHtml, imagesOf, requireMedia, toJson } from "@acc/tracker-kit";
import type { Chart } from "./chart.ts";

/** One file of a point of a media series; its name is unique by its content. */
export type MediaFile = {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly caption: string | undefined;
};

/** SwanLab's own client drops a larger file, and those behind this number. */
export const MAX_MEDIA_BYTES: number = 10 * 1024 ** 2;
export const MAX_MEDIA_FILES = 108;

/** Digits of the SHA-256 in a file's name. */
const NAME_DIGITS = 8;

/**
 * One image, or each of a batch.
 *
 * @param captions one per image.
 * @throws {AcceleratorError} `VALUE_INVALID` for a shape that no image has.
 */
export function imageFiles(
  image: ImageData,
  step: number,
  captions: readonly string[],
): MediaFile[] {
  return imagesOf(image).map((one, at) => mediaFile(encodePng(one).png, "png", step, captions[at]));
}

/** What SwanLab's page shows: it plays WAV, as its own client makes of all audio, and shows no video but GIF. */
const SHOWN = { audio: ["wav"], video: ["gif"], html: ["html"] };

/** Audio, a video or a page. @throws {AcceleratorError} `VALUE_INVALID` for a format that SwanLab does not show. */
export function playedFile(media: MediaData, step: number): MediaFile {
  const { format, data, caption } = requireMedia(media, SHOWN);
  return mediaFile(data, format, step, caption);
}

export function textFile(text: string, step: number): MediaFile {
  return mediaFile(Buffer.from(text), "txt", step);
}

export function chartFile({ option }: Chart, step: number): MediaFile {
  return mediaFile(Buffer.from(JSON.stringify(toJson(option))), "json", step);
}

/** A figure as a page that draws it. */
export function figureFile(figure: FigureData, title: string, step: number): MediaFile {
  return mediaFile(Buffer.from(figureHtml(figure, title)), "html", step);
}

/** A table as SwanLab's own client gives it to the page. */
export function tableFile({ columns, rows }: TableData, step: number): MediaFile {
  const rowData = rows.map((row) =>
    Object.fromEntries(columns.map((column, at) => [column, toJson(row[at])])),
  );
  const colDefs = columns.map((field) => ({ field }));
  return mediaFile(
    Buffer.from(JSON.stringify({ _swanLab: "table", colDefs, rowData })),
    "json",
    step,
  );
}

function mediaFile(
  bytes: Uint8Array,
  extension: string,
  step: number,
  caption?: string | undefined,
): MediaFile {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const name = `${String(step).padStart(3, "0")}-${sha256.slice(0, NAME_DIGITS)}.${extension}`;
  return { name, bytes, sha256, caption };
}
