import type { MediaItem, PlayedKind } from "../../wire/schema.ts";

/** How the browser takes each format; its own guess is not asked for what a run of a stranger holds. */
const TYPES: { readonly [kind in PlayedKind]: { readonly [format: string]: string } } = {
  audio: {
    ...{ wav: "audio/wav", mp3: "audio/mpeg", ogg: "audio/ogg", flac: "audio/flac" },
    m4a: "audio/mp4",
  },
  video: { mp4: "video/mp4", webm: "video/webm", gif: "image/gif" },
  html: { html: "text/html;charset=utf-8" },
};

export type PlayedItem = MediaItem & { readonly kind: PlayedKind };

/** Whether it is audio, a video or a page. */
export function isPlayed(item: MediaItem): item is PlayedItem {
  return Object.hasOwn(TYPES, item.kind);
}

/** The type of its bytes; undefined if this page does not play the format. */
export function playedType({ kind, file }: PlayedItem): string | undefined {
  const format = /\.([a-z\d]+)$/.exec(file?.name.toLowerCase() ?? "")?.[1] ?? "";
  return Object.hasOwn(TYPES[kind], format) ? TYPES[kind][format] : undefined;
}
