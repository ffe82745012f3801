import { AcceleratorError } from "../errors.ts";
import { crc32 } from "./crc32.ts";

/** The first bytes of every journal: seven of text, then the version of the format. See docs/journal.md. */
export const MAGIC: Uint8Array = Buffer.from("ACCJRNL");
export const FORMAT_VERSION = 1;
/** Length of the part before the first record. */
export const PREAMBLE_BYTES: number = MAGIC.length + 1;
/** Length of the part before each payload: its length and its checksum, uint32 each, little endian. */
export const FRAME_BYTES = 8;
/** A length above this is damage, not a record. */
export const MAX_PAYLOAD_BYTES: number = 1 << 30;

export function preamble(): Uint8Array {
  return Buffer.concat([MAGIC, Buffer.of(FORMAT_VERSION)]);
}

/**
 * @param path for the message.
 * @throws {AcceleratorError} `JOURNAL_INVALID` if the file is not a journal, or has a newer format.
 */
export function checkPreamble(bytes: Uint8Array, path: string): void {
  const version = bytes[MAGIC.length];
  if (bytes.length < PREAMBLE_BYTES || Buffer.compare(bytes.subarray(0, MAGIC.length), MAGIC)) {
    throw new AcceleratorError(
      "JOURNAL_INVALID",
      `${path} is not a journal: its first bytes are not those of a journal.`,
    );
  }
  if (version === FORMAT_VERSION) return;
  throw new AcceleratorError(
    "JOURNAL_INVALID",
    `${path} is a journal of format ${version}; this version reads format ${FORMAT_VERSION}. Use the version of ` +
      "@acc/core that wrote it, or a newer one.",
  );
}

/** A record: the length of the payload, the CRC-32 of that length and the payload, the payload. */
export function frame(payload: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(FRAME_BYTES + payload.length);
  bytes.writeUInt32LE(payload.length, 0);
  bytes.set(payload, FRAME_BYTES);
  bytes.writeUInt32LE(checksum(bytes.subarray(0, 4), payload), 4);
  return bytes;
}

/** CRC-32 (IEEE) of the four bytes of the length, then the payload: a run of zeros is no valid record. */
export function checksum(length: Uint8Array, payload: Uint8Array): number {
  return crc32(payload, crc32(length));
}
