import { messageOf } from "../errors.ts";
import { checksum, FRAME_BYTES, MAX_PAYLOAD_BYTES } from "./journal-format.ts";
import { decodeRecord, type JournalEntry, type JournalHeader } from "./journal-record.ts";
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

/** What lies at exactly one place. */
type Probe =
  | { readonly kind: "record"; readonly record: JournalHeader | JournalEntry; readonly end: number }
  | { readonly kind: "end" | "incomplete" }
  | { readonly kind: "damage"; readonly reason: string };

/** How the payload of every record begins. In a text within another record its quotes are escaped. */
const BEGIN = '{"type":"';
const SCANNED_BYTES = 1 << 20;

/** Finds the records of a journal, and continues at the next sound one where something is damaged. */
export class RecordScanner {
  readonly #window: JournalWindow;

  constructor(window: JournalWindow) {
    this.#window = window;
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
      return { kind: "record", record: decodeRecord(payload), end: offset + FRAME_BYTES + length };
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
