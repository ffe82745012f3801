import { crc32 as nativeCrc32 } from "node:zlib";

/** Shorter data is faster here than with a call of native code. Measured: 70 against 290 ms for a million of 140 bytes. */
const NATIVE_FROM = 2048;

/** `TABLES[256 * n + byte]`: what a byte adds to the sum when `n` bytes follow it. */
const TABLES: Int32Array = makeTables();

/** CRC-32 (IEEE), as in zlib: eight bytes at a time ("slicing by 8"). @param before the sum of what lies before. */
export function crc32(bytes: Uint8Array, before = 0): number {
  if (bytes.length >= NATIVE_FROM) return nativeCrc32(bytes, before);
  return crc32Of(bytes, 0, bytes.length, before);
}

/** The same of a part of `bytes`, without an object for it. */
export function crc32Of(bytes: Uint8Array, start: number, end: number, before: number): number {
  let sum = ~before;
  let at = start;
  for (; end - at >= 8; at += 8) {
    const low =
      sum ^
      (byte(bytes, at) |
        (byte(bytes, at + 1) << 8) |
        (byte(bytes, at + 2) << 16) |
        (byte(bytes, at + 3) << 24));
    sum =
      added(7, low) ^
      added(6, low >>> 8) ^
      added(5, low >>> 16) ^
      added(4, low >>> 24) ^
      added(3, byte(bytes, at + 4)) ^
      added(2, byte(bytes, at + 5)) ^
      added(1, byte(bytes, at + 6)) ^
      added(0, byte(bytes, at + 7));
  }
  for (; at < end; at++) sum = (sum >>> 8) ^ added(0, sum ^ byte(bytes, at));
  return ~sum >>> 0;
}

function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] as number;
}

function added(following: number, value: number): number {
  return TABLES[256 * following + (value & 255)] as number;
}

function makeTables(): Int32Array {
  const tables = new Int32Array(256 * 8);
  for (let i = 0; i < 256; i++) {
    let sum = i;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
    tables[i] = sum;
  }
  for (let i = 256; i < tables.length; i++) {
    const sum = tables[i - 256] as number;
    tables[i] = (sum >>> 8) ^ (tables[sum & 255] as number);
  }
  return tables;
}
