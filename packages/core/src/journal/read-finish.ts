import { open } from "node:fs/promises";
import { checksum, FRAME_BYTES } from "./journal-format.ts";
import { decodeRecord, type FinishRecord } from "./journal-record.ts";

/** A record of how a run ended is never longer. */
const FINISH_BYTES = 256;
const BEGIN = '{"type":"finish"';

/** How a run ended, if that is its last record; the rest of the journal is not read. @throws {Error} of the file system. */
export async function readFinish(path: string): Promise<FinishRecord | undefined> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - FINISH_BYTES);
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(size - start),
      ...([0, size - start, start] as const),
    );
    const bytes = buffer.subarray(0, bytesRead);
    const at = bytes.lastIndexOf(BEGIN);
    if (at < FRAME_BYTES) return undefined;
    const head = bytes.subarray(at - FRAME_BYTES, at);
    const payload = bytes.subarray(at);
    const isSound =
      head.readUInt32LE(0) === payload.length &&
      checksum(head.subarray(0, 4), payload) === head.readUInt32LE(4);
    const record = isSound ? decodeRecord(payload) : undefined;
    return record?.type === "finish" ? record : undefined;
  } finally {
    await file.close();
  }
}
