/** Reads the files that trackers write as logs of protobuf records. */
import { crc32 } from "node:zlib";

/** A field of a protobuf message: an integer, a double, or bytes. */
export type Field = { readonly number: number; readonly value: Buffer | bigint | number };
export type Frame = { readonly offset: number; readonly type: number; readonly length: number };

/**
 * Reads a record log, as W&B and SwanLab write them, as their readers do; throws at the first byte they would refuse.
 *
 * @param header of the file, in hexadecimal digits.
 */
export function readRecords(data: Buffer, header: string): { payload: Buffer; frames: Frame[] }[] {
  if (data.subarray(0, 7).toString("hex") !== header) throw new Error("bad file header");
  const records: { payload: Buffer; frames: Frame[] }[] = [];
  let frames: Frame[] = [];
  let parts: Buffer[] = [];
  let at = 7;
  while (at < data.length) {
    const room = 32_768 - (at % 32_768);
    if (room < 7) {
      at += room;
      continue;
    }
    const [length, type] = [data.readUInt16LE(at + 4), data.readUInt8(at + 6)];
    const payload = data.subarray(at + 7, at + 7 + length);
    if (payload.length < length) throw new Error(`truncated at ${at}`);
    if (data.readUInt32LE(at) !== crc32(payload, crc32(Uint8Array.of(type)))) {
      throw new Error(`bad checksum at ${at}`);
    }
    if ((type === 1 || type === 2) !== (frames.length === 0)) throw new Error(`order at ${at}`);
    frames.push({ offset: at, type, length });
    parts.push(payload);
    at += 7 + length;
    if (type !== 1 && type !== 4) continue;
    records.push({ payload: Buffer.concat(parts), frames });
    frames = [];
    parts = [];
  }
  if (frames.length > 0) throw new Error("ends within a record");
  return records;
}

/** The fields of a protobuf message, in their order. */
export function fieldsOf(message: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++] as number;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const tag = Number(varint());
    const number = tag >> 3;
    if ((tag & 7) === 0) fields.push({ number, value: varint() });
    else if ((tag & 7) === 1) {
      fields.push({ number, value: message.readDoubleLE(at) });
      at += 8;
    } else {
      const length = Number(varint());
      fields.push({ number, value: message.subarray(at, at + length) });
      at += length;
    }
  }
  return fields;
}
