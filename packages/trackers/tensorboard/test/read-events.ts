/** Reads event files, apart from the writer: its own framing, checksums and protobuf decoding. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export type Point = {
  tag: string;
  kind: "scalar" | "double" | "histogram" | "text" | "image" | "audio" | "hparams";
  value: unknown;
};
export type Event = {
  wallTime: number;
  step: number;
  version?: string;
  sessionStart?: boolean;
  points: Point[];
};

/** The events of every file of a run, in order of the files' names. */
export function readRun(directory: string): Event[] {
  return readdirSync(directory)
    .filter((name) => name.includes("tfevents"))
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .flatMap((name) => readEvents(join(directory, name)));
}

/** What TensorBoard shows of a run: a file that begins at a step replaces what earlier files have from there on. */
export function readShown(directory: string): Event[] {
  let shown: Event[] = [];
  for (const event of readRun(directory)) {
    if (event.sessionStart) shown = shown.filter(({ step }) => step < event.step);
    shown.push(event);
  }
  return shown;
}

/** Complete records only; throws on a wrong checksum. */
export function readEvents(path: string): Event[] {
  const bytes = readFileSync(path);
  const events: Event[] = [];
  for (let at = 0; at + 12 <= bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    requireCrc(bytes.subarray(at, at + 8), bytes.readUInt32LE(at + 8));
    if (at + 12 + length + 4 > bytes.length) break;
    const payload = bytes.subarray(at + 12, at + 12 + length);
    requireCrc(payload, bytes.readUInt32LE(at + 12 + length));
    events.push(decodeEvent(payload));
    at += 16 + length;
  }
  return events;
}

/** Bit by bit, unlike the table of the writer. */
function requireCrc(bytes: Buffer, stored: number): void {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0x82f63b78 & -(crc & 1));
  }
  crc = ~crc >>> 0;
  const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  if (masked !== stored)
    throw new Error(`checksum ${masked.toString(16)}, stored ${stored.toString(16)}`);
}

type Fields = Map<number, (Buffer | bigint)[]>;

function decode(bytes: Buffer): Fields {
  const fields: Fields = new Map();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Buffer => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const type = key & 7;
    const value = type === 0 ? varint() : take(type === 1 ? 8 : type === 5 ? 4 : Number(varint()));
    fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), value]);
  }
  return fields;
}

const one = (fields: Fields, field: number): Buffer | undefined =>
  fields.get(field)?.[0] as Buffer | undefined;

function decodeEvent(bytes: Buffer): Event {
  const fields = decode(bytes);
  const step = Number(BigInt.asIntN(64, (fields.get(2)?.[0] as bigint | undefined) ?? 0n));
  const summary = one(fields, 5);
  const version = one(fields, 3)?.toString();
  return {
    wallTime: one(fields, 1)?.readDoubleLE() ?? 0,
    step,
    ...(version === undefined ? {} : { version }),
    ...(fields.has(7) ? { sessionStart: true } : {}),
    points: summary
      ? (decode(summary).get(1) ?? []).map((value) => decodePoint(value as Buffer))
      : [],
  };
}

function decodePoint(bytes: Buffer): Point {
  const fields = decode(bytes);
  const tag = one(fields, 1)?.toString() ?? "";
  const scalar = one(fields, 2);
  if (scalar) return { tag, kind: "scalar", value: scalar.readFloatLE() };
  const image = one(fields, 4);
  if (image) {
    const parts = decode(image);
    const [height, width, channels] = [1, 2, 3].map((field) => Number(parts.get(field)?.[0]));
    return { tag, kind: "image", value: { height, width, channels, encoded: one(parts, 4) } };
  }
  const audio = one(fields, 6);
  if (audio) {
    const parts = decode(audio);
    const [channels, frames] = [2, 3].map((field) => Number(parts.get(field)?.[0]));
    const sampleRate = one(parts, 1)?.readFloatLE();
    const type = one(parts, 5)?.toString();
    return {
      tag,
      kind: "audio",
      value: { sampleRate, channels, frames, type, encoded: one(parts, 4) },
    };
  }
  const histogram = one(fields, 5);
  if (histogram) return { tag, kind: "histogram", value: decodeHistogram(histogram) };
  const metadata = decode(one(fields, 9) as Buffer);
  const plugin = decode(one(metadata, 1) as Buffer);
  if (one(plugin, 1)?.toString() === "text") {
    return { tag, kind: "text", value: one(decode(one(fields, 8) as Buffer), 8)?.toString() };
  }
  if (one(plugin, 1)?.toString() === "scalars") {
    return { tag, kind: "double", value: one(decode(one(fields, 8) as Buffer), 6)?.readDoubleLE() };
  }
  return { tag, kind: "hparams", value: decodeHparams(one(plugin, 2) as Buffer) };
}

function decodeHistogram(bytes: Buffer): unknown {
  const fields = decode(bytes);
  const [min, max, count, sum, sumSquares] = [1, 2, 3, 4, 5].map((f) =>
    one(fields, f)?.readDoubleLE(),
  );
  const doubles = (field: number) => {
    const packed = one(fields, field) ?? Buffer.alloc(0);
    return Array.from({ length: packed.length / 8 }, (_, i) => packed.readDoubleLE(8 * i));
  };
  return { min, max, count, sum, sumSquares, limits: doubles(6), counts: doubles(7) };
}

function decodeHparams(bytes: Buffer): unknown {
  const fields = decode(bytes);
  const end = one(fields, 4);
  if (end) return { status: Number(decode(end).get(1)?.[0]) };
  const entries = (decode(one(fields, 3) as Buffer).get(1) ?? []).map((entry) => {
    const pair = decode(entry as Buffer);
    const value = decode(one(pair, 2) as Buffer);
    const number = one(value, 2)?.readDoubleLE();
    const text = one(value, 3)?.toString();
    return [one(pair, 1)?.toString(), number ?? text ?? Number(value.get(4)?.[0]) === 1];
  });
  return Object.fromEntries(entries);
}
