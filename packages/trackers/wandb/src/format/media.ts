import { createHash } from "node:crypto";
import type { ImageData, LogValue, MediaData } from "@acc/core/tracker";
import { encodePng, imagesOf, requireMedia, safePath } from "@acc/tracker-kit";

/** A file of the run, by its path below the run's `files`. */
export type RunFile = { readonly path: string; readonly bytes: Uint8Array };

/** The value of media in a row, and the files that it names. */
export type Media = {
  readonly value: { readonly [key: string]: LogValue };
  readonly files: readonly RunFile[];
};

/** Digits of the SHA-256 in a file's name, as W&B's own client has them. */
const NAME_DIGITS = 20;

/**
 * One image, or a batch as one panel.
 *
 * @param captions one per image; missing ones are null.
 * @throws {AcceleratorError} `VALUE_INVALID` for a shape that no image has.
 */
export function imageMedia(
  key: string,
  image: ImageData,
  step: number,
  captions: readonly string[] = [],
): Media {
  const encoded = imagesOf(image).map(encodePng);
  const files = encoded.map(({ png }) => mediaFile("images", key, step, png, "png"));
  const [first] = encoded;
  const { width = 0, height = 0 } = first ?? {};
  const [file] = files;
  if (image.shape.length < 4 && file) {
    return {
      files,
      value: {
        _type: "image-file",
        sha256: sha256(file.bytes),
        size: file.bytes.length,
        path: file.path,
        format: "png",
        ...{ width, height },
        ...(captions[0] === undefined ? {} : { caption: captions[0] }),
      },
    };
  }
  return {
    files,
    value: {
      _type: "images/separated",
      ...{ width, height },
      format: "png",
      count: files.length,
      filenames: files.map(({ path }) => path),
      ...(captions.length === 0 ? {} : { captions: files.map((_, i) => captions[i] ?? null) }),
    },
  };
}

/** Folder and type of each kind, as in W&B's own client. */
const PLAYED = {
  audio: { folder: "audio", type: "audio-file" },
  video: { folder: "videos", type: "video-file" },
  html: { folder: "html", type: "html-file" },
} as const;

/** Audio, a video or a page. @throws {AcceleratorError} `VALUE_INVALID` for a format that does not exist. */
export function playedMedia(key: string, media: MediaData, step: number): Media {
  const { kind, format, data, caption } = requireMedia(media);
  const { folder, type } = PLAYED[kind];
  const file = mediaFile(folder, key, step, data, format);
  const { path, bytes } = file;
  return {
    files: [file],
    value: {
      ...{ _type: type, sha256: sha256(bytes), size: bytes.length, path },
      ...(caption === undefined ? {} : { caption }),
    },
  };
}

/** A file of the run, named after its content. */
export function mediaFile(
  kind: string,
  key: string,
  step: number,
  bytes: Uint8Array,
  extension: string,
): RunFile {
  const digits = sha256(bytes).slice(0, NAME_DIGITS);
  return { path: `media/${kind}/${safePath(key)}_${step}_${digits}.${extension}`, bytes };
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
