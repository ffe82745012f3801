/**
 * The 64-bit hashes that Aim's repositories use as keys of contexts and steps: BLAKE2b of 8 bytes, salted by the kind of
 * value, read as a signed little-endian integer. Source: aim/storage/hashing.
 */

import { blake2b } from "@noble/hashes/blake2.js";
import type { TreeObject, TreeValue } from "./tree.ts";

const NULL_HASH = 1393794177995070132n;
const SALTS = {
  number: saltOf(-7494597716789683807n),
  array: saltOf(2965039128708897743n),
  object: saltOf(-2435585119574290752n),
  string: saltOf(7540324813251503183n),
  bytes: saltOf(-6836296829636613855n),
} as const;

/** Numbers are reduced modulo this Mersenne prime, as Python does. */
const MODULUS = 2n ** 61n - 1n;
const MODULUS_BITS = 61n;
const INFINITY_HASH = 314159n;

/** @throws {TypeError} for objects of Aim's own types, which are no keys. */
export function keyHash(value: TreeValue): bigint {
  if (value === null) return NULL_HASH;
  if (typeof value === "number") return digest(int64(numberHash(value)), SALTS.number);
  if (typeof value === "bigint" || typeof value === "boolean") return keyHash(Number(value));
  if (typeof value === "string") return digest(Buffer.from(value, "utf8"), SALTS.string);
  if (value instanceof Uint8Array) return digest(value, SALTS.bytes);
  if (Array.isArray(value)) return arrayHash(value);
  if (value instanceof Map) return objectHash(value);
  throw new TypeError(`${value.constructor.name} cannot be part of a context.`);
}

function arrayHash(items: readonly TreeValue[]): bigint {
  return digest(Buffer.concat(items.map((item) => int64(keyHash(item)))), SALTS.array);
}

function objectHash(object: TreeObject): bigint {
  const entries = [...object]
    .map(([key, value]) => ({ key: keyHash(key), pair: arrayHash([key, value]) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  return digest(Buffer.concat(entries.map(({ pair }) => int64(pair))), SALTS.object);
}

/** Python's hash of a number, without its exception for -1. */
function numberHash(value: number): bigint {
  if (Number.isNaN(value)) return 0n;
  if (!Number.isFinite(value)) return value > 0 ? INFINITY_HASH : -INFINITY_HASH;
  if (Number.isSafeInteger(value)) return BigInt(value);
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const word = bits.getBigUint64(0);
  const exponent = Number((word >> 52n) & 0x7ffn);
  const fraction = word & (2n ** 52n - 1n);
  // value = mantissa * 2 ** power; 2 ** 61 is 1 modulo the prime, so only power modulo 61 counts.
  const mantissa = exponent === 0 ? fraction : fraction | (2n ** 52n);
  const power = BigInt((exponent === 0 ? 1 : exponent) - 1075);
  const shift = ((power % MODULUS_BITS) + MODULUS_BITS) % MODULUS_BITS;
  const hash = (mantissa << shift) % MODULUS;
  return value < 0 ? -hash : hash;
}

function digest(bytes: Uint8Array, salt: Uint8Array): bigint {
  return Buffer.from(blake2b(bytes, { dkLen: 8, salt })).readBigInt64LE(0);
}

function saltOf(value: bigint): Uint8Array {
  return Buffer.concat([int64(value), Buffer.alloc(8)]);
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
}
