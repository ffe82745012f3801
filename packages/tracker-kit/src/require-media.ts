import { AcceleratorError, MEDIA_FORMATS, type MediaData } from "@acc/core/tracker";

/**
 * The media, if its kind and its format exist: a journal of a stranger may hold anything, and the format becomes part of a
 * file's name.
 *
 * @param formats those that the service shows; by default all.
 * @throws {AcceleratorError} `VALUE_INVALID` for others.
 */
export function requireMedia(
  media: MediaData,
  formats: { readonly [kind in MediaData["kind"]]?: readonly string[] } = MEDIA_FORMATS,
): MediaData {
  const { kind, format, data } = media;
  const known = Object.hasOwn(formats, kind) ? (formats[kind] ?? []) : [];
  if (known.includes(format) && data instanceof Uint8Array) return media;
  const shown = Object.values(formats).flat().join(", ");
  throw new AcceleratorError(
    "VALUE_INVALID",
    `the media that it shows are ${shown}, and not ${String(format)}`,
  );
}
