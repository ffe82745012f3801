/**
 * Reduces element-wise over slots of one shared memory and writes the result to every slot. Ranks are
 * combined in order, so every run gives the same bits; the scalar fallback in JavaScript gives them too.
 *
 * `base` is the address of slot 0, `stride` the bytes between slots, `start` and `end` the range of bytes
 * within a slot, multiples of 4; `start` is a multiple of 16.
 */

// @ts-nocheck: AssemblyScript, not TypeScript

const SUM: i32 = 0;
const MAX: i32 = 1;
const MIN: i32 = 2;

@inline
function combine4(op: i32, a: v128, b: v128): v128 {
  if (op == SUM) return f32x4.add(a, b);
  if (op == MAX) return f32x4.max(a, b);
  return f32x4.min(a, b);
}

@inline
function combine(op: i32, a: f32, b: f32): f32 {
  if (op == SUM) return a + b;
  if (op == MAX) return max<f32>(a, b);
  return min<f32>(a, b);
}

/** float32. The result is divided by `divisor`; pass 1 for anything but the mean. */
export function reduceFloat32(
  base: usize,
  stride: usize,
  slots: i32,
  start: usize,
  end: usize,
  op: i32,
  divisor: f32,
): void {
  const last = base + stride * (slots - 1);
  const wholeEnd = start + ((end - start) & ~15);
  const divisor4 = f32x4.splat(divisor);
  let offset = start;
  for (; offset < wholeEnd; offset += 16) {
    let value = v128.load(base + offset);
    for (let slot = base + stride; slot <= last; slot += stride) {
      value = combine4(op, value, v128.load(slot + offset));
    }
    if (divisor != 1) value = f32x4.div(value, divisor4);
    for (let slot = base; slot <= last; slot += stride) v128.store(slot + offset, value);
  }
  for (; offset < end; offset += 4) {
    let value = load<f32>(base + offset);
    for (let slot = base + stride; slot <= last; slot += stride) {
      value = combine(op, value, load<f32>(slot + offset));
    }
    if (divisor != 1) value /= divisor;
    for (let slot = base; slot <= last; slot += stride) store<f32>(slot + offset, value);
  }
}

/** int32, wrapping on overflow. */
export function reduceInt32(
  base: usize,
  stride: usize,
  slots: i32,
  start: usize,
  end: usize,
  op: i32,
): void {
  const last = base + stride * (slots - 1);
  for (let offset = start; offset < end; offset += 4) {
    let value = load<i32>(base + offset);
    for (let slot = base + stride; slot <= last; slot += stride) {
      const other = load<i32>(slot + offset);
      if (op == SUM) value += other;
      else if (op == MAX) value = max<i32>(value, other);
      else value = min<i32>(value, other);
    }
    for (let slot = base; slot <= last; slot += stride) store<i32>(slot + offset, value);
  }
}
