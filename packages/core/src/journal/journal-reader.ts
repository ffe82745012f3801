import { type FileHandle, open } from "node:fs/promises";
import { AcceleratorError, messageOf } from "../errors.ts";
import {
  checkPreamble,
  checksum,
  FRAME_BYTES,
  MAX_PAYLOAD_BYTES,
  PREAMBLE_BYTES,
} from "./journal-format.ts";
import { decodeRecord, type JournalEntry, type JournalHeader } from "./journal-record.ts";

const CHUNK_BYTES = 1 << 20;

/** Why there is nothing more to read. */
export type JournalEnd =
  | { readonly kind: "end"; readonly offset: number }
  /** The last record is not whole: the process died in the middle of it, or is writing it now. */
  | { readonly kind: "incomplete"; readonly offset: number }
  /** What stands at `offset` is no record: nothing behind it can be trusted. */
  | { readonly kind: "damaged"; readonly offset: number; readonly reason: string };

/** One entry, and where the next one begins. */
export type PlacedEntry = { readonly entry: JournalEntry; readonly nextOffset: number };

type PlacedRecord = {
  readonly record: JournalHeader | JournalEntry;
  readonly nextOffset: number;
};

/** Reads a journal from any entry on, also while it is appended to. Holds one chunk of it in memory. */
export class JournalReader {
  readonly #file: FileHandle;
  readonly header: JournalHeader;
  /** Offset of the first entry. */
  readonly firstOffset: number;

  private constructor(file: FileHandle, header: JournalHeader, firstOffset: number) {
    this.#file = file;
    this.header = header;
    this.firstOffset = firstOffset;
  }

  /** @throws {AcceleratorError} `JOURNAL_INVALID` if the file is no journal, newer, or has no whole header. */
  static async open(path: string): Promise<JournalReader> {
    const file = await open(path, "r");
    try {
      checkPreamble(await readAt(file, 0, PREAMBLE_BYTES), path);
      const { value } = await records(file, PREAMBLE_BYTES).next();
      if (value && "record" in value && value.record.type === "run") {
        return new JournalReader(file, value.record, value.nextOffset);
      }
      throw new AcceleratorError(
        "JOURNAL_INVALID",
        `${path} has no whole header at offset ${PREAMBLE_BYTES}: nothing of it can be read.`,
      );
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /**
   * Reads entries from `offset` on, until there are `limit` of them or they take `limitBytes`.
   *
   * @returns the entries, and why there are no more if there are none.
   */
  async read(
    offset: number,
    { limit, limitBytes }: { readonly limit: number; readonly limitBytes: number },
  ): Promise<{ readonly entries: PlacedEntry[]; readonly end?: JournalEnd }> {
    const entries: PlacedEntry[] = [];
    const source = records(this.#file, offset);
    for (;;) {
      const { value, done } = await source.next();
      if (done) return { entries, end: value };
      const { record, nextOffset } = value;
      if (record.type === "run") {
        return { entries, end: { kind: "damaged", offset, reason: "a second header" } };
      }
      entries.push({ entry: record, nextOffset });
      if (entries.length >= limit || nextOffset - offset >= limitBytes) return { entries };
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

/** The records from `offset` on; returns why there are no more. */
async function* records(
  file: FileHandle,
  offset: number,
): AsyncGenerator<PlacedRecord, JournalEnd> {
  let chunk: Buffer = Buffer.alloc(0);
  let at = 0; // within the chunk
  let chunkOffset = offset;
  for (;;) {
    const needed = recordLength(chunk, at);
    if (needed > FRAME_BYTES + MAX_PAYLOAD_BYTES) {
      return { kind: "damaged", offset: chunkOffset + at, reason: "its length cannot be" };
    }
    if (chunk.length - at < needed) {
      chunkOffset += at;
      at = 0;
      chunk = await readAt(file, chunkOffset, Math.max(CHUNK_BYTES, needed));
      if (chunk.length === 0) return { kind: "end", offset: chunkOffset };
      if (chunk.length < needed || chunk.length < recordLength(chunk, 0)) {
        return { kind: "incomplete", offset: chunkOffset };
      }
      continue;
    }
    const parsed = parse(chunk.subarray(at, at + needed));
    if (typeof parsed === "string") {
      return { kind: "damaged", offset: chunkOffset + at, reason: parsed };
    }
    at += needed;
    yield { record: parsed, nextOffset: chunkOffset + at };
  }
}

/** Bytes of the record that begins at `at`, as far as it can be seen: at least those of its frame. */
function recordLength(chunk: Buffer, at: number): number {
  return chunk.length - at < FRAME_BYTES ? FRAME_BYTES : FRAME_BYTES + chunk.readUInt32LE(at);
}

/** @returns the record, or what is wrong with it. */
function parse(bytes: Buffer): JournalHeader | JournalEntry | string {
  const payload = bytes.subarray(FRAME_BYTES);
  if (checksum(bytes.subarray(0, 4), payload) !== bytes.readUInt32LE(4)) {
    return "its checksum is wrong";
  }
  try {
    return decodeRecord(payload);
  } catch (error) {
    return messageOf(error);
  }
}

async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  const { bytesRead } = await file.read(buffer, 0, length, offset);
  return buffer.subarray(0, bytesRead);
}
