/**
 * Conversions between float32 and 16-bit floating point, eight values at a time, in a memory of its own. Addresses are
 * multiples of 16; `count` is rounded up to a multiple of 8, so buffers have room for that.
 */

// @ts-nocheck: AssemblyScript, not TypeScript

@inline
function unpack4(format: i32, bits: v128): v128 {
  if (format == 1) return i32x4.shl(bits, 16);
  const sign = i32x4.shl(v128.and(bits, i32x4.splat(0x8000)), 16);
  const size = v128.and(bits, i32x4.splat(0x7fff));
  // The exponent is rebased by a product, which is exact, also for values below the smallest normal one.
  const rebased = f32x4.mul(i32x4.shl(size, 13), f32x4.splat(reinterpret<f32>(0x77800000)));
  const isLast = i32x4.gt_s(size, i32x4.splat(0x7bff));
  return v128.or(v128.or(rebased, v128.and(isLast, i32x4.splat(0x7f800000))), sign);
}

@inline
function pack4(format: i32, bits: v128): v128 {
  const size = v128.and(bits, i32x4.splat(0x7fffffff));
  const isNaN = i32x4.gt_s(size, i32x4.splat(0x7f800000));
  if (format == 1) {
    const high = i32x4.shr_u(bits, 16);
    const odd = v128.and(high, i32x4.splat(1));
    const rounded = i32x4.shr_u(i32x4.add(i32x4.add(bits, i32x4.splat(0x7fff)), odd), 16);
    return v128.bitselect(v128.or(high, i32x4.splat(0x40)), rounded, isNaN);
  }
  const sign = v128.and(i32x4.shr_u(bits, 16), i32x4.splat(0x8000));
  const odd = v128.and(i32x4.shr_u(size, 13), i32x4.splat(1));
  const rebased = i32x4.add(i32x4.sub(size, i32x4.splat(0x38000000)), i32x4.splat(0xfff));
  const normal = i32x4.shr_u(i32x4.add(rebased, odd), 13);
  // Below 2^-14: the sum with 0.5 rounds to a multiple of 2^-24, which are then its last bits.
  const small = i32x4.sub(f32x4.add(size, f32x4.splat(0.5)), i32x4.splat(0x3f000000));
  const isSmall = i32x4.lt_s(size, i32x4.splat(0x38800000));
  const isLarge = i32x4.ge_s(size, i32x4.splat(0x477ff000));
  let result = v128.bitselect(small, normal, isSmall);
  result = v128.bitselect(i32x4.splat(0x7c00), result, isLarge);
  result = v128.bitselect(i32x4.splat(0x7e00), result, isNaN);
  return v128.or(result, sign);
}

@inline
function packAll(format: i32, floats: usize, halves: usize, count: i32): void {
  for (let i = 0; i < count; i += 8) {
    const low = pack4(format, v128.load(floats + 4 * i));
    const high = pack4(format, v128.load(floats + 4 * i, 16));
    v128.store(halves + 2 * i, i16x8.narrow_i32x4_u(low, high));
  }
}

@inline
function unpackAll(format: i32, halves: usize, floats: usize, count: i32): void {
  for (let i = 0; i < count; i += 8) {
    const bits = v128.load(halves + 2 * i);
    v128.store(floats + 4 * i, unpack4(format, i32x4.extend_low_i16x8_u(bits)));
    v128.store(floats + 4 * i, unpack4(format, i32x4.extend_high_i16x8_u(bits)), 16);
  }
}

/** `format` is 0 for IEEE half precision, 1 for the upper half of a float32. */
export function pack(format: i32, floats: usize, halves: usize, count: i32): void {
  if (format == 1) packAll(1, floats, halves, count);
  else packAll(0, floats, halves, count);
}

export function unpack(format: i32, halves: usize, floats: usize, count: i32): void {
  if (format == 1) unpackAll(1, halves, floats, count);
  else unpackAll(0, halves, floats, count);
}

/** Adds values to sums. */
export function add(sums: usize, values: usize, count: i32): void {
  for (let i: usize = 0; i < 4 * (count as usize); i += 16) {
    v128.store(sums + i, f32x4.add(v128.load(sums + i), v128.load(values + i)));
  }
}

export function divide(sums: usize, divisor: f32, count: i32): void {
  const divisor4 = f32x4.splat(divisor);
  for (let i: usize = 0; i < 4 * (count as usize); i += 16) {
    v128.store(sums + i, f32x4.div(v128.load(sums + i), divisor4));
  }
}
