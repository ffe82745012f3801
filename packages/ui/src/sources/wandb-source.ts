import { createHash } from "node:crypto";
import { basename, dirname } from "node:path";
import { containedPath } from "@acc/core/journal";
import type { JsonValue, MediaItem } from "../wire/schema.ts";
import type { MediaContent } from "../wire/series.ts";
import { GrowingFile } from "./growing-file.ts";
import { visitFields } from "./protobuf.ts";
import type { Advance, Place, RunSink, RunSource } from "./run-source.ts";

/** Fields of a record of W&B. */
const HISTORY = 2;
const CONFIG = 5;
const RUN = 17;
const EXIT = 18;
const FILE_HEADER_BYTES = 7;
const BLOCK = 32_768;
const CHUNK_HEAD_BYTES = 7;
const [FULL, FIRST, MIDDLE, LAST] = [1, 2, 3, 4];

type Values = { [key: string]: JsonValue };

/** Whether a file is an offline run of W&B. */
export function isWandbFile(name: string): boolean {
  return name.endsWith(".wandb");
}

/** An offline run of W&B. */
export class WandbSource implements RunSource {
  readonly kind = "wandb";
  readonly id: string;
  readonly folder: string;
  readonly #file: GrowingFile;
  #hasStarted = false;
  #sequence = 0;
  #damage: string | null = null;
  #timeMs = 0;
  /** Files of the media index. */
  readonly #media: string[] = [];

  /** @param path of the `.wandb` file. */
  constructor(path: string) {
    this.folder = dirname(path);
    this.#file = new GrowingFile(path);
    this.#file.offset = FILE_HEADER_BYTES;
    this.id = createHash("sha256").update(`wandb ${path}`).digest("hex").slice(0, 32);
  }

  get bytes(): number {
    return this.#file.offset;
  }

  get damage(): string | null {
    return this.#damage;
  }

  async advance(sink: RunSink, limitBytes: number): Promise<Advance> {
    if (this.#damage !== null) return "end";
    try {
      const bytes = await this.#file.read(limitBytes);
      if (!bytes) return "replaced";
      const taken = this.#takeRecords(sink, bytes);
      if (taken > 0) return "more";
      if (bytes.length < limitBytes) return "end";
      // One record is larger than that.
      const whole = await this.#file.read(Number.POSITIVE_INFINITY);
      return whole && this.#takeRecords(sink, whole) > 0 ? "more" : "end";
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return "gone";
      this.#damage = `It is damaged behind byte ${this.#file.offset}: ${(error as Error).message}.`;
      return "end";
    }
  }

  async isRunning(): Promise<boolean> {
    return false; // the file does not say
  }

  async pending(): Promise<number> {
    return 0;
  }

  async media({ offset }: Pick<MediaItem, "offset" | "index">): Promise<MediaContent | undefined> {
    const path = this.#media[offset];
    if (path === undefined) return undefined;
    try {
      const file = await containedPath(this.folder, `files/${path}`);
      return { kind: "file", path: file, name: basename(path) };
    } catch {
      return undefined;
    }
  }

  again(): RunSource {
    return new WandbSource(this.#file.path);
  }

  /** @returns how many bytes were taken. @throws {Error} where they are damaged. */
  #takeRecords(sink: RunSink, bytes: Buffer): number {
    const base = this.#file.offset;
    let taken = 0;
    let parts: Buffer[] = [];
    let at = 0;
    for (;;) {
      const room = BLOCK - ((base + at) % BLOCK);
      if (room < CHUNK_HEAD_BYTES) {
        at += room;
        continue;
      }
      if (bytes.length - at < CHUNK_HEAD_BYTES) break;
      const length = bytes.readUInt16LE(at + 4);
      const type = bytes[at + 6] as number;
      if (type === 0 || type > LAST || length > room - CHUNK_HEAD_BYTES) {
        throw new Error("there is no record");
      }
      if (bytes.length - at - CHUNK_HEAD_BYTES < length) break; // it is being written
      if (type === FULL || type === FIRST) parts = [];
      parts.push(bytes.subarray(at + CHUNK_HEAD_BYTES, at + CHUNK_HEAD_BYTES + length));
      at += CHUNK_HEAD_BYTES + length;
      if (type === FIRST || type === MIDDLE) continue;
      const [only] = parts;
      this.#take(sink, parts.length === 1 && only ? only : Buffer.concat(parts));
      taken = at;
    }
    this.#file.offset = base + taken;
    return taken;
  }

  #take(sink: RunSink, record: Buffer): void {
    visitFields(record, 0, record.length, (field, _, start, end) => {
      if (field === RUN) this.#takeRun(sink, record, start, end);
      else if (field === CONFIG) sink.config(plainConfig(itemsOf(record, start, end)));
      else if (field === HISTORY) this.#takeHistory(sink, record, start, end);
      else if (field === EXIT) {
        let code = 0;
        visitFields(record, start, end, (inner, value) => {
          if (inner === 1) code = value;
        });
        sink.finish(code === 0 ? "done" : "failed");
      }
    });
  }

  #takeRun(sink: RunSink, record: Buffer, start: number, end: number): void {
    let [project, startedMs] = ["", 0];
    let config: Values = {};
    visitFields(record, start, end, (field, _, from, to) => {
      if (field === 3) project = record.toString("utf8", from, to);
      else if (field === 4) config = plainConfig(itemsOf(record, from, to));
      else if (field === 17) {
        visitFields(record, from, to, (inner, value) => {
          if (inner === 1) startedMs += value * 1000;
          else if (inner === 2) startedMs += value / 1e6;
        });
      }
    });
    this.#start(sink, project, startedMs);
    sink.config(config);
  }

  #start(sink: RunSink, project: string, startedMs: number): void {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    this.#timeMs = startedMs;
    sink.start({ project, script: null, startedMs, trackers: [], writers: [] });
  }

  #takeHistory(sink: RunSink, record: Buffer, start: number, end: number): void {
    const row = itemsOf(record, start, end);
    const { _step, _timestamp, _runtime, _wandb, ...values } = row;
    if (typeof _timestamp === "number") this.#timeMs = _timestamp * 1000;
    this.#start(sink, "", this.#timeMs);
    const place: Place = {
      ...{ sequence: this.#sequence++, timeMs: this.#timeMs },
      step: typeof _step === "number" ? _step : undefined,
    };
    const keys: string[] = [];
    const numbers: number[] = [];
    for (const [key, value] of leavesOf(values, "")) {
      const number = typeof value === "boolean" ? Number(value) : numberOf(value);
      if (number !== undefined) {
        keys.push(key);
        numbers.push(number);
      } else if (typeof value === "string") sink.text(place, key, value);
      else this.#takeMedia(sink, place, key, value);
    }
    if (keys.length > 0) sink.scalars(place, keys, numbers);
  }

  #takeMedia(sink: RunSink, place: Place, key: string, value: JsonValue): void {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return;
    const { _type: type, path, filenames } = value as Values;
    const kind = KINDS.get(String(type)) ?? "file";
    // A batch of images is one value with several files.
    for (const file of Array.isArray(filenames) ? filenames : [path]) {
      if (typeof file !== "string") continue;
      const offset = this.#media.push(file) - 1;
      sink.media(place, {
        ...{ offset, index: 0, kind, key },
        file: { name: basename(file), type: null },
      });
    }
  }
}

/** How the types of W&B are shown. */
const KINDS: ReadonlyMap<string, MediaItem["kind"]> = new Map([
  ["image-file", "image"],
  ["images/separated", "image"],
  ["audio-file", "audio"],
  ["video-file", "video"],
  ["html-file", "html"],
]);

/** Items of a message: by path, their values in the JSON of Python, which has NaN and infinities. */
function itemsOf(record: Buffer, start: number, end: number): Values {
  const values: Values = {};
  visitFields(record, start, end, (field, _, from, to) => {
    if (field !== 1) return;
    const path: string[] = [];
    let text = "null";
    visitFields(record, from, to, (inner, __, textStart, textEnd) => {
      if (inner === 1 || inner === 2) path.push(record.toString("utf8", textStart, textEnd));
      else if (inner === 16) text = record.toString("utf8", textStart, textEnd);
    });
    if (path.length > 0) put(values, path, looseJson(text));
  });
  return values;
}

/** `Object.hasOwn` and `defineProperty`: a name such as `__proto__` is one like any other. */
function put(values: Values, path: readonly string[], value: JsonValue): void {
  let at = values;
  for (const key of path.slice(0, -1)) {
    const inner = Object.hasOwn(at, key) ? at[key] : undefined;
    const next = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? inner : {};
    define(at, key, next);
    at = next as Values;
  }
  define(at, path.at(-1) as string, value);
}

function define(values: Values, key: string, value: JsonValue): void {
  Object.defineProperty(values, key, {
    ...{ value, enumerable: true, writable: true, configurable: true },
  });
}

function looseJson(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    const quoted = text.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (token) =>
      token.startsWith('"') ? token : `"${token}"`,
    );
    try {
      return JSON.parse(quoted) as JsonValue;
    } catch {
      return text;
    }
  }
}

function numberOf(value: JsonValue): number | undefined {
  if (typeof value === "number") return value;
  const isName = value === "NaN" || value === "Infinity" || value === "-Infinity";
  return isName ? Number(value) : undefined;
}

/** Objects that name a type are media, others are nested values. */
function leavesOf(values: Values, prefix: string): [key: string, value: JsonValue][] {
  return Object.entries(values).flatMap(([key, value]): [string, JsonValue][] => {
    const isNested =
      typeof value === "object" && value !== null && !Array.isArray(value) && !("_type" in value);
    return isNested ? leavesOf(value as Values, `${prefix}${key}/`) : [[`${prefix}${key}`, value]];
  });
}

/** W&B keeps facts of its own there, and wraps each value of older files in an object. */
function plainConfig(values: Values): Values {
  const entries = Object.entries(values)
    .filter(([key]) => key !== "_wandb" && key !== "wandb_version")
    .map(([key, value]) => [key, unwrapped(value)] as const);
  return Object.fromEntries(entries);
}

function unwrapped(value: JsonValue): JsonValue {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const keys = isObject ? Object.keys(value) : [];
  const isWrapped = keys.includes("value") && keys.every((key) => ["value", "desc"].includes(key));
  return isWrapped ? ((value as Values).value ?? null) : value;
}
