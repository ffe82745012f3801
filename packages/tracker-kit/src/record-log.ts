import { crc32 } from "node:zlib";

const BLOCK = 32_768;
const CHUNK_HEADER = 7;
const FULL = 1;
const FIRST = 2;
const MIDDLE = 3;
const LAST = 4;

/**
 * Frames records as LevelDB's log does: chunks of at most one block of 32 KiB, each with a checksum, a length and
 * its place in the record. Unlike LevelDB's, the checksum is a plain CRC-32. The header of the file
 * is part of the first block.
 *
 * @param offset position of the result in the file.
 */
export function frameRecords(records: readonly Uint8Array[], offset: number): Buffer {
  const chunks: Uint8Array[] = [];
  let position = offset;
  for (const record of records) {
    let rest = record;
    let isFirst = true;
    do {
      let room = BLOCK - (position % BLOCK);
      if (room < CHUNK_HEADER) {
        chunks.push(new Uint8Array(room)); // readers skip to the next block
        position += room;
        room = BLOCK;
      }
      const payload = rest.subarray(0, room - CHUNK_HEADER);
      rest = rest.subarray(payload.length);
      const isLast = rest.length === 0;
      const type = isFirst ? (isLast ? FULL : FIRST) : isLast ? LAST : MIDDLE;
      chunks.push(chunkHeader(type, payload), payload);
      position += CHUNK_HEADER + payload.length;
      isFirst = false;
    } while (rest.length > 0);
  }
  return Buffer.concat(chunks);
}

function chunkHeader(type: number, payload: Uint8Array): Uint8Array {
  const header = Buffer.alloc(CHUNK_HEADER);
  header.writeUInt32LE(crc32(payload, crc32(Uint8Array.of(type))), 0);
  header.writeUInt16LE(payload.length, 4);
  header.writeUInt8(type, 6);
  return header;
}
