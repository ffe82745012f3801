import { crc32c } from "./crc32c.ts";

/**
 * One TFRecord: length (uint64), masked CRC of the length, payload, masked CRC of the payload; all
 * little-endian. Source: TensorFlow, `tensorflow/core/lib/io/record_writer.h`.
 */
export function frameRecord(payload: Uint8Array): Uint8Array {
  const record = new Uint8Array(12 + payload.length + 4);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(payload.length), true);
  view.setUint32(8, mask(crc32c(record.subarray(0, 8))), true);
  record.set(payload, 12);
  view.setUint32(12 + payload.length, mask(crc32c(payload)), true);
  return record;
}

/** A CRC of data that holds CRCs is weak, so the format stores it rotated and shifted. */
function mask(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
