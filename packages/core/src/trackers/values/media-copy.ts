import { statSync } from "node:fs";
import { extname, resolve } from "node:path";
import { types } from "node:util";
import { AcceleratorError, messageOf } from "../../errors.ts";
import {
  MEDIA_FORMATS,
  type MediaFile,
  type MediaKind,
  type PostedMedia,
} from "../../tracker-contract/media-data.ts";
import { copySamples } from "./audio-copy.ts";
import { describeValue } from "./describe-value.ts";
import { type AudioSource, LoggedMedia, type VideoSource } from "./media.ts";
import { invalidMedia, sizeOf } from "./media-fault.ts";

/** Media that can cross threads, and how many bytes their file has. */
export type MediaCopy = {
  readonly media: PostedMedia | Promise<PostedMedia>;
  readonly bytes: number;
};

/**
 * Copies media so that the caller may change or dispose what it gave; of a file, its path.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` naming what is no audio, video or page; `TENSOR_DISPOSED`.
 */
export function copyMedia(name: string, media: unknown): MediaCopy {
  const copy = copyContent(name, media);
  const { caption } = media as LoggedMedia;
  if (caption === undefined) return copy;
  if (typeof caption !== "string") {
    throw invalidMedia(name, `its caption must be a text, got ${describeValue(caption)}`);
  }
  const withCaption = (content: PostedMedia): PostedMedia => ({ ...content, caption });
  const { media: content, bytes } = copy;
  const captioned = content instanceof Promise ? content.then(withCaption) : withCaption(content);
  return { media: captioned, bytes };
}

function copyContent(name: string, media: unknown): MediaCopy {
  if (!(media instanceof LoggedMedia)) {
    throw invalidMedia(
      name,
      `wrap it in audio(…), video(…) or html(…); got ${describeValue(media)}`,
    );
  }
  try {
    const { kind, source } = media.given;
    if (kind === "html") {
      if (typeof source !== "string") return locate(name, kind, source?.path);
      const data = new TextEncoder().encode(source);
      return { media: { kind, format: "html", data }, bytes: sizeOf(name, data.length) };
    }
    if (typeof source === "string") return locate(name, kind, source);
    return kind === "audio" && "samples" in Object(source)
      ? copySamples(name, source as Extract<AudioSource, { samples: unknown }>)
      : copyBytes(name, kind, source as Exclude<VideoSource, string>);
  } catch (error) {
    if (error instanceof AcceleratorError) throw error;
    throw invalidMedia(name, `it cannot be read: ${messageOf(error)}`);
  }
}

/** Only the file's size is looked at here: its content is for the thread of the trackers. */
function locate(name: string, kind: MediaKind, path: unknown): MediaCopy {
  if (typeof path !== "string" || path === "") {
    throw invalidMedia(name, `it needs the path of a file, got ${describeValue(path)}`);
  }
  const absolute = resolve(path);
  const format = extname(absolute).slice(1).toLowerCase().replace(/^htm$/, "html");
  requireFormat(name, kind, format, `${absolute} is no file of a known type`);
  const stats = statSync(absolute, { throwIfNoEntry: false });
  if (!stats?.isFile()) throw invalidMedia(name, `there is no file at ${absolute}`);
  const media: MediaFile = { kind, format, path: absolute };
  return { media, bytes: sizeOf(name, stats.size) };
}

function copyBytes(
  name: string,
  kind: "audio" | "video",
  source: Exclude<VideoSource, string> | undefined,
): MediaCopy {
  const { bytes, format } = source ?? ({} as Partial<Exclude<VideoSource, string>>);
  if (!types.isUint8Array(bytes)) {
    const wanted = kind === "audio" ? "samples, bytes or a path" : "bytes or a path";
    throw invalidMedia(name, `it needs ${wanted}, got ${describeValue(source)}`);
  }
  requireFormat(name, kind, format, `"${String(format)}" is no known format`);
  const data = new Uint8Array(bytes); // not `slice`: that of a Buffer shares its memory
  return { media: { kind, format, data }, bytes: sizeOf(name, data.length) };
}

function requireFormat(
  name: string,
  kind: MediaKind,
  format: unknown,
  fault: string,
): asserts format is string {
  const known = MEDIA_FORMATS[kind];
  if (known.includes(format as string)) return;
  throw invalidMedia(name, `${fault} of ${kind}; known: ${known.join(", ")}`);
}
