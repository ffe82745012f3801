import { open } from "node:fs/promises";
import { messageOf } from "../../errors.ts";
import {
  MAX_MEDIA_BYTES,
  type MediaData,
  type MediaFile,
  type PostedMedia,
} from "../../tracker-contract/media-data.ts";
import type {
  PostedEvent,
  PostedMediaEvent,
  RunEvent,
} from "../../tracker-contract/tracker-event.ts";
import { wavFile } from "./wav-file.ts";

/** A file system that does not answer must not keep back the values behind the file for longer. */
const LIMIT_MS = 10_000;

/**
 * Passes events on in their order, media as the bytes of their files: samples are encoded, files read. While a file is read,
 * the events behind it wait.
 */
export class MediaReading {
  readonly #append: (event: RunEvent) => void;
  readonly #warn: (message: string) => void;
  #reading: Promise<void> | undefined;
  #held = 0;

  constructor(append: (event: RunEvent) => void, warn: (message: string) => void) {
    this.#append = append;
    this.#warn = warn;
  }

  /** Number of events that wait. */
  get held(): number {
    return this.#held;
  }

  pass(event: PostedEvent): void {
    if (!this.#reading && !(event.type === "postedMedia" && hasFile(event))) {
      this.#pass(event, []);
      return;
    }
    this.#held += 1;
    const reading = (this.#reading ?? Promise.resolve())
      .then(() => (event.type === "postedMedia" ? this.#read(event) : []))
      .then((read) => {
        this.#held -= 1;
        if (this.#reading === reading) this.#reading = undefined;
        this.#pass(event, read);
      });
    this.#reading = reading;
  }

  /** Resolves once all events so far are passed on. */
  async settled(): Promise<void> {
    while (this.#reading) await this.#reading;
  }

  #pass(event: PostedEvent, read: readonly (readonly [string, MediaData])[]): void {
    if (event.type !== "postedMedia") {
      this.#append(event);
      return;
    }
    const files = new Map(read);
    const values = Object.entries(event.values).flatMap(([name, media]) => {
      const data = "path" in media ? files.get(name) : encoded(media);
      return data ? [[name, data] as const] : [];
    });
    if (values.length > 0) {
      this.#append({ ...event, type: "media", values: Object.fromEntries(values) });
    }
  }

  async #read({ values }: PostedMediaEvent): Promise<(readonly [string, MediaData])[]> {
    const files = Object.entries(values).map(async ([name, media]) => {
      if (!("path" in media)) return [];
      try {
        const { path: _, ...known } = media;
        return [[name, { ...known, data: await readLimited(media) }] as const];
      } catch (error) {
        this.#warn(`"${name}" is left out: ${media.path} cannot be read (${messageOf(error)}).`);
        return [];
      }
    });
    return (await Promise.all(files)).flat();
  }
}

function hasFile({ values }: PostedMediaEvent): boolean {
  return Object.values(values).some((media) => "path" in media);
}

function encoded(media: Exclude<PostedMedia, MediaFile>): MediaData {
  if (!("samples" in media)) return media;
  const caption = media.caption === undefined ? {} : { caption: media.caption };
  return { kind: "audio", format: "wav", data: wavFile(media), ...caption };
}

async function readLimited({ path }: MediaFile): Promise<Uint8Array> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size > MAX_MEDIA_BYTES) throw new Error(`it has ${size} bytes now`);
    return await file.readFile({ signal });
  } finally {
    await file.close();
  }
}
