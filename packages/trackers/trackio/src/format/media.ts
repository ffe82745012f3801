import type { FigureData, ImageData, MediaData } from "@acc/core/tracker";
import { encodePng, figureHtml, requireMedia } from "@acc/tracker-kit";
import { safeSegment } from "./file-path.ts";
import { projectFolder } from "./project-name.ts";
import type { RunFields } from "./record.ts";

/** A file that a row names. */
export type MediaFile = {
  /** Folder of the run below its project's. */
  readonly runFolder: string;
  /** Folder of the step below the run's. */
  readonly step: number;
  readonly name: string;
  readonly bytes: Uint8Array;
};

/** What a row holds in place of a file. */
export type MediaValue = {
  readonly _type: "trackio.image" | "trackio.audio" | "trackio.video" | "trackio.html";
  /** Below the folder of all media. */
  readonly file_path: string;
  readonly caption: string | null;
};

/** A file, and what stands for it in a row. */
export type RowMedia = { readonly file: MediaFile; readonly value: MediaValue };

/** `id`: of the file, the same in every attempt. */
type Place = { readonly step: number; readonly id: string; readonly caption?: string | undefined };

/** One image as a PNG file. @throws {AcceleratorError} `VALUE_INVALID` for a shape that is no image's. */
export function imageMedia(image: ImageData, run: RunFields, place: Place): RowMedia {
  return rowMedia("trackio.image", { bytes: encodePng(image).png, extension: "png" }, run, place);
}

/** A figure as a page that draws it, as `trackio.Html` records one of Plotly. */
export function figureMedia(
  figure: FigureData,
  title: string,
  run: RunFields,
  place: Place,
): RowMedia {
  const bytes = Buffer.from(figureHtml(figure, title));
  return rowMedia("trackio.html", { bytes, extension: "html" }, run, place);
}

/** Audio, a video or a page. @throws {AcceleratorError} `VALUE_INVALID` for a format that does not exist. */
export function playedMedia(media: MediaData, run: RunFields, place: Place): RowMedia {
  const { kind, format, data } = requireMedia(media);
  return rowMedia(`trackio.${kind}`, { bytes: data, extension: format }, run, place);
}

function rowMedia(
  type: MediaValue["_type"],
  { bytes, extension }: { readonly bytes: Uint8Array; readonly extension: string },
  { project, run }: RunFields,
  { step, id, caption }: Place,
): RowMedia {
  const folder = Number.isSafeInteger(step) ? step : 0; // Python writes other numbers in its own way
  const runFolder = safeSegment(run);
  const file = { runFolder, step: folder, name: `${id}.${extension}`, bytes };
  const file_path = `${projectFolder(project)}/${runFolder}/${folder}/${file.name}`;
  return { file, value: { _type: type, file_path, caption: caption ?? null } };
}
