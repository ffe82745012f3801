import { messageOf } from "../errors.ts";
import { crc32Of } from "./crc32.ts";
import { checksum, FRAME_BYTES, MAX_PAYLOAD_BYTES } from "./journal-format.ts";
import {
  decodeRecord,
  decodeRecords,
  type JournalEntry,
  type JournalHeader,
} from "./journal-record.ts";
import type { JournalWindow } from "./journal-window.ts";

/** Bytes that are no sound record. */
export type Damage = { readonly offset: number; readonly bytes: number; readonly reason: string };

/** What lies at a place of a journal, or behind the damage there. */
export type Found = {
  /** What was skipped. */
  readonly damage?: Damage;
} & (
  | {
      readonly kind: "record";
      readonly record: JournalHeader | JournalEntry;
      readonly nextOffset: number;
    }
  /** `incomplete`: the process died while it wrote the last record, or is writing it now. */
  | { readonly kind: "end" | "incomplete"; readonly offset: number }
);

/** A record, and where the next one is. */
export type PlacedRecord = {
  readonly record: JournalHeader | JournalEntry;
  readonly nextOffset: number;
};

/** What lies at exactly one place. */
type Probe =
  | { readonly kind: "record"; readonly record: JournalHeader | JournalEntry; readonly end: number }
  | { readonly kind: "end" | "incomplete" }
  | { readonly kind: "damage"; readonly reason: string };

/** How the payload of every record begins. In a text within another record its quotes are escaped. */
const BEGIN = '{"type":"';
const SCANNED_BYTES = 1 << 20;
/** What is parsed at a time: one call for many small records is several times faster than one for each. */
const BATCH = 256;
const BATCH_BYTES = 1 << 16;
/** From this size on native code adds up faster. */
const LARGE = 2048;

/** Finds the records of a journal, and continues at the next sound one where something is damaged. */
export class RecordScanner {
  readonly #window: JournalWindow;

  constructor(window: JournalWindow) {
    this.#window = window;
  }

  /**
   * Sound records from `offset` on that follow each other, at most `limit`, until one begins `limitBytes` behind it. None where
   * something else lies at `offset`; `next` says what.
   */
  async sound(offset: number, limit: number, limitBytes: number): Promise<PlacedRecord[]> {
    let bytes = await this.#window.ahead(offset, FRAME_BYTES);
    if (bytes.length < FRAME_BYTES) return [];
    const first = bytes.readUInt32LE(0);
    if (first > MAX_PAYLOAD_BYTES) return [];
    bytes = await this.#window.ahead(offset, FRAME_BYTES + first);
    const payloads: Buffer[] = [];
    const ends: number[] = [];
    let at = 0;
    let parsed = 0;
    while (payloads.length < Math.min(limit, BATCH) && at < limitBytes && parsed < BATCH_BYTES) {
      if (bytes.length - at < FRAME_BYTES) break;
      const start = at + FRAME_BYTES;
      const end = start + bytes.readUInt32LE(at);
      if (end > bytes.length) break;
      const sum =
        end - start < LARGE
          ? crc32Of(bytes, start, end, crc32Of(bytes, at, at + 4, 0))
          : checksum(bytes.subarray(at, at + 4), bytes.subarray(start, end));
      if (sum !== bytes.readUInt32LE(at + 4)) break;
      payloads.push(bytes.subarray(start, end));
      ends.push(offset + end);
      parsed += end - start;
      at = end;
    }
    const records = decodeRecords(payloads) ?? [];
    const wrong = records.findIndex((record) => !isRecord(record));
    return (wrong < 0 ? records : records.slice(0, wrong)).map((record, i) => ({
      record,
      nextOffset: ends[i] as number,
    }));
  }

  /** The first sound record at `offset` or behind it. */
  async next(offset: number): Promise<Found> {
    const probe = await this.#probe(offset);
    if (probe.kind === "record")
      return { kind: "record", record: probe.record, nextOffset: probe.end };
    if (probe.kind === "end") return { kind: "end", offset };
    const reason = probe.kind === "damage" ? probe.reason : "its length is wrong";
    let at = offset;
    for (;;) {
      at = await this.#candidate(at + 1);
      const found = await this.#probe(at);
      if (found.kind === "record") {
        const damage = { offset, bytes: at - offset, reason };
        return { kind: "record", record: found.record, nextOffset: found.end, damage };
      }
      if (found.kind !== "end") continue;
      // Nothing sound comes behind it: then a record that ends behind the end of the file was being written.
      if (probe.kind === "incomplete") return { kind: "incomplete", offset };
      return { kind: "end", offset: at, damage: { offset, bytes: at - offset, reason } };
    }
  }

  async #probe(offset: number): Promise<Probe> {
    const header = Buffer.from(await this.#window.read(offset, FRAME_BYTES));
    if (header.length === 0) return { kind: "end" };
    if (header.length < FRAME_BYTES) return { kind: "incomplete" };
    const length = header.readUInt32LE(0);
    if (length > MAX_PAYLOAD_BYTES) return { kind: "damage", reason: "its length exceeds 1 GiB" };
    const payload = await this.#window.read(offset + FRAME_BYTES, length);
    if (payload.length < length) return { kind: "incomplete" };
    if (checksum(header.subarray(0, 4), payload) !== header.readUInt32LE(4)) {
      return { kind: "damage", reason: "its checksum is wrong" };
    }
    try {
      const record = decodeRecord(payload);
      if (!isRecord(record)) return { kind: "damage", reason: "it has no type or no number" };
      return { kind: "record", record, end: offset + FRAME_BYTES + length };
    } catch (error) {
      return { kind: "damage", reason: messageOf(error) };
    }
  }

  /** The next place where a record may begin; the end of the file if there is none. */
  async #candidate(from: number): Promise<number> {
    for (let at = from; ; ) {
      const bytes = await this.#window.read(at, SCANNED_BYTES);
      const found = bytes.indexOf(BEGIN, FRAME_BYTES);
      if (found >= 0) return at + found - FRAME_BYTES;
      if (bytes.length < SCANNED_BYTES) return at + bytes.length;
      at += bytes.length - FRAME_BYTES - BEGIN.length; // it may begin at the end of these bytes
    }
  }
}

/** Whoever wrote the file may have put anything into a record with a right checksum. */
function isRecord(value: unknown): value is JournalHeader | JournalEntry {
  const { type, sequence } = (value ?? {}) as {
    readonly type?: unknown;
    readonly sequence?: number;
  };
  return type === "run" || (typeof type === "string" && Number.isSafeInteger(sequence));
}
