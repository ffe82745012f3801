import { readFile, stat } from "node:fs/promises";
import type { Library } from "../index/library.ts";
import type { MediaItem, RunDetail, TextLine, TextPage } from "../wire/schema.ts";
import type { AllPoints } from "../wire/series.ts";
import type { MediaPart, Snapshot } from "../wire/snapshot.ts";
import { figurePart } from "./figure-part.ts";
import { histogramOf } from "./histogram.ts";
import { imageType } from "./image-type.ts";
import { pictureOf, tablePart } from "./media-part.ts";

/** The page knows by the kind what they are. */
const BYTES = "application/octet-stream";

/** Images and tables take so much at most: a browser holds all of it. */
const MAX_MEDIA_BYTES = 64 << 20;

/**
 * What a page in a file shows of a run: all points of these keys, texts, images, figures, tables, histograms and other
 * media; if they are too large for a page the newest of them.
 */
export async function takeSnapshot(
  library: Library,
  detail: RunDetail,
  keys: readonly string[],
): Promise<Snapshot> {
  const { id } = detail.run;
  const points = new Map<string, AllPoints>();
  for (const key of keys) {
    const all = await library.points(id, key);
    if (all) points.set(key, all);
  }
  const media = await mediaOf(library, detail);
  const held = new Set(media.map(placeOf));
  const run = {
    ...detail.run,
    ...{ keys: Object.fromEntries(keys.map((key) => [key, detail.run.keys[key]])) },
    ...{ numKeys: keys.length, folder: "." },
  } as RunDetail["run"];
  const shown = {
    ...{ ...detail, run },
    media: detail.media.filter((item) => held.has(placeOf(item))),
  };
  return {
    takenMs: Date.now(),
    list: { version: 1, directory: "", runs: [run], unsearched: [] },
    runs: [
      {
        ...{ detail: shown, points, media },
        texts: await allLines((from) => library.texts(id, from)),
        consoleLines: await allLines((from) => library.console(id, from)),
      },
    ],
  };
}

function placeOf({ offset, index }: Pick<MediaItem, "offset" | "index">): string {
  return `${offset} ${index}`;
}

async function allLines(
  read: (from: number) => Promise<TextPage | undefined>,
): Promise<TextLine[]> {
  const lines: TextLine[] = [];
  for (let from = 0; ; ) {
    const page = await read(from);
    const last = page?.lines.at(-1);
    if (!page || !last) return lines;
    lines.push(...page.lines);
    from = last.sequence + 1;
  }
}

async function mediaOf(library: Library, { run, media }: RunDetail): Promise<MediaPart[]> {
  const parts: MediaPart[] = [];
  let room = MAX_MEDIA_BYTES;
  for (const item of media.toReversed()) {
    const ofItem = await partsOf(library, run.id, item);
    room -= ofItem.reduce((sum, { bytes }) => sum + bytes.length, 0);
    if (room < 0) break;
    parts.push(...ofItem);
  }
  return parts;
}

async function partsOf(library: Library, id: string, item: MediaItem): Promise<MediaPart[]> {
  if (item.kind === "file") return [];
  const { offset, index } = item;
  const content = await library.media(id, item);
  const part = (type: string, bytes: Uint8Array, picture = 0): MediaPart => ({
    ...{ offset, index, picture, type, bytes },
  });
  switch (content?.kind) {
    case "pixels": {
      const parts: MediaPart[] = [];
      for (let picture = 0; ; picture++) {
        const png = pictureOf(content, picture);
        if (png === undefined) return parts;
        parts.push(part("image/png", png, picture));
      }
    }
    case "bytes":
    case "file": {
      const bytes = content.kind === "bytes" ? content.bytes : await readSmall(content.path);
      const type = bytes && (imageType(bytes) ?? (item.kind === "image" ? undefined : BYTES));
      return bytes && type ? [part(type, bytes)] : [];
    }
    case "figure": {
      const { type, bytes } = await figurePart(content.figure);
      return [part(type, bytes)];
    }
    case "table":
      return [part("application/json", jsonBytes(tablePart(content, 0, content.rows.length)))];
    case "values":
      return [part("application/json", jsonBytes(histogramOf(content.values)))];
    default:
      return [];
  }
}

/** Undefined if it is gone, or too large for a page. */
async function readSmall(path: string): Promise<Uint8Array | undefined> {
  try {
    const { size } = await stat(path);
    return size <= MAX_MEDIA_BYTES ? await readFile(path) : undefined;
  } catch {
    return undefined;
  }
}

function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
