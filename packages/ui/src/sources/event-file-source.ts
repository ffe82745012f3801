import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import type { MediaItem } from "../wire/schema.ts";
import type { MediaContent } from "../wire/series.ts";
import { type EventRecord, readEvent } from "./event-record.ts";
import { GrowingFile } from "./growing-file.ts";
import type { Advance, Place, RunSink, RunSource } from "./run-source.ts";

const EVENT_FILE = /tfevents/;
/** Of a record: its length in 8 bytes and the checksum of those; behind it its own. */
const HEAD_BYTES = 12;
const TAIL_BYTES = 4;
/** A length above this is damage. */
const MAX_RECORD = 1 << 30;
/** An offset of the media index names the file too. */
const FILE_SPAN = 2 ** 40;

/** Whether a file is one of TensorBoard's. */
export function isEventFile(name: string): boolean {
  return EVENT_FILE.test(name);
}

/** A folder of TensorBoard's event files: one run. */
export class EventFileSource implements RunSource {
  readonly kind = "tensorboard";
  readonly id: string;
  readonly folder: string;
  readonly #files: GrowingFile[] = [];
  readonly #plugins = new Map<string, string>();
  #hasStarted = false;
  #hasValues = false;
  #sequence = 0;
  #damage: string | null = null;
  readonly #damaged = new Set<string>();

  constructor(folder: string) {
    this.folder = folder;
    this.id = createHash("sha256").update(`tensorboard ${folder}`).digest("hex").slice(0, 32);
  }

  get bytes(): number {
    return this.#files.reduce((sum, { offset }) => sum + offset, 0);
  }

  get damage(): string | null {
    return this.#damage;
  }

  async advance(sink: RunSink, limitBytes: number): Promise<Advance> {
    try {
      await this.#findFiles();
      if (this.#files.length === 0) return "gone";
      let left = limitBytes;
      for (const [index, file] of this.#files.entries()) {
        while (!this.#damaged.has(file.path)) {
          const bytes = await file.read(left);
          if (!bytes) return "replaced";
          const taken = await this.#takeRecords(sink, file, index, bytes);
          left -= taken;
          if (left <= 0) return "more";
          if (taken === 0) break;
        }
      }
      return "end";
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return "replaced";
      this.#damage = `It cannot be read: ${(error as Error).message}.`;
      return "end";
    }
  }

  async isRunning(): Promise<boolean> {
    return false; // the files do not say
  }

  async pending(): Promise<number> {
    return 0;
  }

  async media({
    offset,
    index,
  }: Pick<MediaItem, "offset" | "index">): Promise<MediaContent | undefined> {
    const file = this.#files[Math.floor(offset / FILE_SPAN)];
    const at = offset % FILE_SPAN;
    if (!file || at >= file.offset) return undefined;
    try {
      const head = await file.at(at, HEAD_BYTES);
      const length = Number(head.readBigUInt64LE(0));
      if (length > MAX_RECORD) return undefined;
      const bytes = await file.at(at + HEAD_BYTES, length);
      const { tag, image } = readEvent(bytes, 0, length, new Map()).values[index] ?? {};
      return (
        image && {
          kind: "bytes",
          bytes: Uint8Array.from(bytes.subarray(image.start, image.end)),
          name: `${tag}.png`,
        }
      );
    } catch {
      return undefined;
    }
  }

  again(): RunSource {
    return new EventFileSource(this.folder);
  }

  /** A process that goes on with a run begins another file. In the order of their names, numbers by their size. */
  async #findFiles(): Promise<void> {
    const names = (await readdir(this.folder)).filter(isEventFile);
    const known = new Set(this.#files.map(({ path }) => basename(path)));
    const added = names.filter((name) => !known.has(name));
    for (const name of added.sort((a, b) => a.localeCompare(b, "en", { numeric: true }))) {
      this.#files.push(new GrowingFile(join(this.folder, name)));
    }
  }

  /** @returns how many bytes were taken; 0 where there is no whole record yet. */
  async #takeRecords(
    sink: RunSink,
    file: GrowingFile,
    index: number,
    bytes: Buffer,
  ): Promise<number> {
    let at = 0;
    let chunk = bytes;
    while (chunk.length - at >= HEAD_BYTES) {
      const length = Number(chunk.readBigUInt64LE(at));
      const whole = HEAD_BYTES + length + TAIL_BYTES;
      if (length > MAX_RECORD) return this.#giveUp(file, at);
      if (chunk.length - at < whole) {
        if (at > 0) break;
        const longer = await file.read(whole);
        if (!longer || longer.length < whole) break; // it is being written
        chunk = longer;
      }
      const start = at + HEAD_BYTES;
      try {
        const event = readEvent(chunk, start, start + length, this.#plugins);
        this.#take(sink, event, index * FILE_SPAN + file.offset + at);
      } catch {
        return this.#giveUp(file, at);
      }
      at += whole;
    }
    file.offset += at;
    return at;
  }

  /** Nothing says where the next record begins. */
  #giveUp(file: GrowingFile, taken: number): number {
    file.offset += taken;
    this.#damaged.add(file.path);
    this.#damage = `${basename(file.path)} is damaged at byte ${file.offset}: what is before it is shown.`;
    return taken;
  }

  #take(
    sink: RunSink,
    { timeMs, step, isSessionStart, values }: EventRecord,
    offset: number,
  ): void {
    if (!this.#hasStarted) {
      this.#hasStarted = true;
      sink.start({
        project: basename(this.folder),
        script: null,
        startedMs: timeMs,
        trackers: [],
        writers: [],
      });
    }
    const place: Place = { sequence: this.#sequence++, step, timeMs };
    if (isSessionStart && this.#hasValues) sink.rewind(step, place);
    this.#hasValues ||= values.length > 0;
    const keys: string[] = [];
    const numbers: number[] = [];
    for (const [index, { tag, plugin, number, text, image }] of values.entries()) {
      if (image) {
        const shape = [image.height, image.width];
        sink.media(place, { offset, index, kind: "image", key: tag, shape });
      } else if (number !== undefined && (plugin === "" || plugin === "scalars")) {
        keys.push(tag);
        numbers.push(number);
      } else if (text !== undefined && plugin === "text") sink.text(place, tag, text);
    }
    if (keys.length > 0) sink.scalars(place, keys, numbers);
  }
}
