import type { FigureData, ImageData } from "@acc/core/tracker";
import { encodePng, figureHtml } from "@acc/tracker-kit";
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
  readonly _type: "trackio.image" | "trackio.html";
  /** Below the folder of all media. */
  readonly file_path: string;
  readonly caption: string | null;
};

/** A file, and the value of a row that names it. */
export type Media = { readonly file: MediaFile; readonly value: MediaValue };

type MediaPlace = {
  readonly step: number;
  /** Of the file, the same in every attempt. */
  readonly id: string;
  readonly caption: string | undefined;
};

/**
 * One image as a PNG file.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` for a shape that is no image's.
 */
export function imageMedia(image: ImageData, run: RunFields, place: MediaPlace): Media {
  return media("trackio.image", { extension: "png", bytes: encodePng(image).png }, run, place);
}

/** A figure as a page that draws it, as `trackio.Html` records one of Plotly. */
export function figureMedia(
  figure: FigureData,
  title: string,
  run: RunFields,
  place: MediaPlace,
): Media {
  const bytes = Buffer.from(figureHtml(figure, title));
  return media("trackio.html", { extension: "html", bytes }, run, place);
}

function media(
  type: MediaValue["_type"],
  { extension, bytes }: { readonly extension: string; readonly bytes: Uint8Array },
  { project, run }: RunFields,
  { step, id, caption }: MediaPlace,
): Media {
  const folder = Number.isSafeInteger(step) ? step : 0; // Python writes other numbers in its own way
  const file = { runFolder: safeSegment(run), step: folder, name: `${id}.${extension}`, bytes };
  const file_path = `${projectFolder(project)}/${file.runFolder}/${folder}/${file.name}`;
  return { file, value: { _type: type, file_path, caption: caption ?? null } };
}
