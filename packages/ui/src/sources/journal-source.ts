import { basename } from "node:path";
import {
  containedPath,
  isForTrackers,
  type JournalEntry,
  JournalTail,
  journalPath,
  type PlacedEntry,
  RunLock,
  readCursor,
} from "@acc/core/journal";
import type { MediaItem } from "../wire/schema.ts";
import type { MediaContent } from "../wire/series.ts";
import { titleOf } from "./figure-title.ts";
import { mediaName, playedKind } from "./journal-media.ts";
import { jsonValue, listedNumbers, sinkValues } from "./logged-values.ts";
import type { Advance, Place, RunSink, RunSource } from "./run-source.ts";
import { shownCaptions } from "./shown-captions.ts";
import { systemValues } from "./system-values.ts";

/** A run that core recorded: its journal. */
export class JournalSource implements RunSource {
  readonly kind = "journal";
  readonly id: string;
  readonly folder: string;
  readonly #tail: JournalTail;
  #hasStarted = false;
  /** The offset of the next entry. */
  #offset: number;
  #damages: string[] = [];
  #endDamage: string | null = null;
  #lastTimeMs: number;

  private constructor(folder: string, tail: JournalTail, id: string) {
    this.folder = folder;
    this.id = id;
    this.#tail = tail;
    this.#offset = tail.firstOffset;
    this.#lastTimeMs = tail.header.startedMs;
  }

  /** @param id what it is called here; by default the id in its header. @throws {Error} if it cannot be read. */
  static async open(folder: string, id?: string): Promise<JournalSource> {
    const tail = await JournalTail.open(journalPath(folder));
    return new JournalSource(folder, tail, id ?? tail.header.id);
  }

  get bytes(): number {
    return this.#offset;
  }

  get damage(): string | null {
    const all = [...this.#damages, ...(this.#endDamage === null ? [] : [this.#endDamage])];
    if (all.length === 0) return null;
    return all.length === 1
      ? (all[0] as string)
      : `${all[0]} It is damaged at ${all.length} places.`;
  }

  async advance(sink: RunSink, limitBytes: number): Promise<Advance> {
    try {
      if (!this.#hasStarted) this.#start(sink);
      const before = this.#offset;
      const { isEnd, damage, isReplaced } = await this.#tail.next(limitBytes, (placed) =>
        this.#takeSafely(sink, placed),
      );
      if (isReplaced) return "replaced";
      if (this.#offset > before || damage) {
        this.#endDamage = damage
          ? `The journal is damaged at byte ${damage.offset}: ${damage.reason}.`
          : null;
      }
      return isEnd ? "end" : "more";
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return "gone";
      if (code === "JOURNAL_INVALID") return "replaced";
      this.#endDamage = `The journal cannot be read: ${message}.`;
      return "end";
    }
  }

  async isRunning(): Promise<boolean> {
    try {
      return (await RunLock.holderOf(this.folder)) !== undefined;
    } catch {
      return false; // something else is where the lock should be
    }
  }

  async pending(tracker: string, last: number): Promise<number> {
    try {
      const { cursor } = await readCursor(this.folder, tracker, this.#tail.header.id);
      return cursor.isComplete ? 0 : Math.max(0, last + 1 - cursor.sequence);
    } catch {
      return last + 1; // its cursor cannot be read
    }
  }

  async media({
    offset,
    index,
  }: Pick<MediaItem, "offset" | "index">): Promise<MediaContent | undefined> {
    try {
      const placed = await this.#tail.at(offset);
      return placed && (await this.#contentOf(placed.entry, index));
    } catch {
      return undefined;
    }
  }

  again(): RunSource {
    return new JournalSource(this.folder, this.#tail.again(), this.id);
  }

  #start(sink: RunSink): void {
    this.#hasStarted = true;
    const { projectName, script, startedMs, trackers } = this.#tail.header;
    sink.start({
      ...{ project: projectName, startedMs },
      script: script === undefined ? null : basename(script),
      trackers: trackers.filter(({ delivers }) => delivers).map(({ name }) => name),
      writers: trackers.map(({ name }) => name),
    });
  }

  /** Whoever wrote the file may have put anything into a record with a right checksum. */
  #takeSafely(sink: RunSink, { entry, nextOffset, damage }: PlacedEntry): void {
    const offset = this.#offset;
    this.#offset = nextOffset;
    if (damage) {
      this.#damages.push(`The journal is damaged at byte ${damage.offset}: ${damage.reason}.`);
    }
    try {
      this.#take(sink, entry, offset);
    } catch {
      this.#damages.push(`The journal has an entry at byte ${offset} that makes no sense.`);
    }
  }

  #take(sink: RunSink, entry: JournalEntry, offset: number): void {
    switch (entry.type) {
      case "config":
        sink.config(jsonValue(entry.values) as { [key: string]: never });
        break;
      case "metrics":
        sinkValues(sink, this.#placeOf(entry), entry.values, offset);
        break;
      case "images":
        this.#each(sink, entry, Object.entries(entry.values), ([key, image], index) => ({
          ...{ offset, index, kind: "image", key, shape: image.shape },
          ...shownCaptions(image.caption, countOf(image.shape)),
        }));
        break;
      case "tables":
        this.#each(sink, entry, Object.entries(entry.values), ([key, { rows }], index) => ({
          ...{ offset, index, kind: "table", key, rows: rows.length },
        }));
        break;
      case "figures":
        this.#each(sink, entry, Object.entries(entry.values), ([key, figure], index) => ({
          ...{ offset, index, kind: "figure", key, ...titleOf(figure) },
        }));
        break;
      case "media":
        this.#each(sink, entry, Object.entries(entry.values), ([key, media], index) => ({
          ...{ offset, index, kind: playedKind(media), key },
          file: { name: mediaName(key, media), type: null },
          ...shownCaptions(media?.caption),
        }));
        break;
      case "artifact": {
        const { name, type = null } = entry.artifact;
        sink.media(this.#placeOf(entry), {
          ...{ offset, index: 0, kind: "file", key: name },
          file: { name, type },
        });
        break;
      }
      case "call": {
        const { timeMs } = this.#placeOf(entry);
        sink.call({ tracker: entry.target ?? null, method: entry.method, timeMs });
        break;
      }
      case "system":
        sink.system(this.#placeOf(entry), systemValues(entry.sample));
        break;
      case "console":
        for (const { text, timeMs, isError, rank } of entry.lines) {
          const shown = rank === undefined ? text : `[rank ${rank}] ${text}`;
          sink.console({ sequence: entry.sequence, timeMs }, isError ? "stderr" : "stdout", shown);
        }
        break;
      case "resume": {
        const { from, sequence, startedMs } = entry;
        sink.resume(from, { sequence, step: undefined, timeMs: startedMs });
        this.#lastTimeMs = startedMs;
        break;
      }
      case "finish":
        sink.finish(entry.status === "success" ? "done" : "failed");
        break;
      case "checkpoint":
        break;
      default:
        // A newer version of core may write other types.
        entry satisfies never;
    }
  }

  #each<T>(
    sink: RunSink,
    entry: Extract<JournalEntry, { context: unknown }>,
    items: readonly T[],
    toItem: (item: T, index: number) => Omit<MediaItem, "step" | "timeMs">,
  ): void {
    const place = this.#placeOf(entry);
    for (const [index, item] of items.entries()) sink.media(place, toItem(item, index));
  }

  #placeOf({ sequence, context }: Extract<JournalEntry, { context: unknown }>): Place {
    const { step, wallTimeMs: timeMs = this.#lastTimeMs } = context;
    this.#lastTimeMs = timeMs;
    return { sequence, step, timeMs };
  }

  async #contentOf(entry: JournalEntry, index: number): Promise<MediaContent | undefined> {
    if (!isForTrackers(entry)) return undefined;
    switch (entry.type) {
      case "images": {
        const image = Object.values(entry.values)[index];
        return image && { kind: "pixels", data: image.data, shape: image.shape };
      }
      case "tables": {
        const table = Object.values(entry.values)[index];
        return table && { kind: "table", columns: table.columns, rows: table.rows };
      }
      case "figures": {
        const figure = Object.values(entry.values)[index];
        return figure && { kind: "figure", figure };
      }
      case "media": {
        const [key, media] = Object.entries(entry.values)[index] ?? [];
        if (key === undefined || !(media?.data instanceof Uint8Array)) return undefined;
        return { kind: "bytes", bytes: media.data, name: mediaName(key, media) };
      }
      case "artifact": {
        const { name, path } = entry.artifact;
        return { kind: "file", name, path: await containedPath(this.folder, path) };
      }
      case "metrics": {
        const values = listedNumbers(entry.values, index);
        return values && { kind: "values", values };
      }
      default:
        return undefined;
    }
  }
}

/** How many images have this shape; a journal may hold anything. */
function countOf(shape: unknown): number {
  const count = Array.isArray(shape) && shape.length === 4 ? Number(shape[0]) : 1;
  return Number.isInteger(count) && count >= 0 && count < 2 ** 16 ? count : 1;
}
