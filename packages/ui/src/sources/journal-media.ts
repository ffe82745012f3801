import { MEDIA_FORMATS, type MediaData } from "@acc/core/tracker";
import type { MediaItem } from "../wire/schema.ts";

/** What a stranger's journal calls media is for saving, if it is none. */
export function playedKind({ kind, format }: MediaData): MediaItem["kind"] {
  const isKnown = Object.hasOwn(MEDIA_FORMATS, kind) && MEDIA_FORMATS[kind].includes(format);
  return isKnown ? kind : "file";
}

/** The name of a file with them. */
export function mediaName(key: string, { format }: MediaData): string {
  return `${key}.${format}`;
}
