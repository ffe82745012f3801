import type { ImageData } from "@acc/core/tracker";
import { encodePng } from "@acc/tracker-kit";
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

/** What a row holds in place of an image. */
export type ImageValue = {
  readonly _type: "trackio.image";
  /** Below the folder of all media. */
  readonly file_path: string;
  readonly caption: string | null;
};

/**
 * One image as a PNG file, and as the value of a row.
 *
 * @param id of the file, the same in every attempt.
 * @throws {AcceleratorError} `VALUE_INVALID` for a shape that is no image's.
 */
export function imageMedia(
  image: ImageData,
  { project, run }: RunFields,
  { step, id, caption }: { step: number; id: string; caption: string | undefined },
): { readonly file: MediaFile; readonly value: ImageValue } {
  const folder = Number.isSafeInteger(step) ? step : 0; // Python writes other numbers in its own way
  const file = {
    ...{ runFolder: safeSegment(run), step: folder, name: `${id}.png` },
    bytes: encodePng(image).png,
  };
  const file_path = `${projectFolder(project)}/${file.runFolder}/${folder}/${file.name}`;
  return { file, value: { _type: "trackio.image", file_path, caption: caption ?? null } };
}
