import type { MediaItem } from "../wire/schema.ts";

/** The index keeps them in memory, and a journal may hold anything. */
const MAX_CAPTION = 300;
const MAX_CAPTIONS = 64;

/** The captions of an image, or of other media. @param count how many images there are; all have one that is no list. */
export function shownCaptions(caption: unknown, count = 1): Pick<MediaItem, "captions"> {
  const given = Array.isArray(caption) ? caption : new Array<unknown>(count).fill(caption);
  const captions = given
    .slice(0, MAX_CAPTIONS)
    .map((text: unknown) => (typeof text === "string" ? text.slice(0, MAX_CAPTION) : ""));
  return captions.some((text) => text !== "") ? { captions } : {};
}
