/** 16-bit floating point: IEEE half precision, or the upper half of a float32. */
export type HalfFormat = "fp16" | "bf16";

/** Copies float32 values, each rounded to the nearest one of the format, ties to even. Too large ones become infinite. */
export function packHalf(source: Float32Array, target: Uint16Array, format: HalfFormat): void {
  const bits = new Uint32Array(source.buffer, source.byteOffset, source.length);
  if (format === "bf16") {
    for (let i = 0; i < bits.length; i++) target[i] = toBfloat16(bits[i] as number);
  } else for (let i = 0; i < bits.length; i++) target[i] = toFloat16(bits[i] as number);
}

/** Copies values back; exact. */
export function unpackHalf(source: Uint16Array, target: Float32Array, format: HalfFormat): void {
  const bits = new Uint32Array(target.buffer, target.byteOffset, target.length);
  if (format === "bf16") {
    for (let i = 0; i < source.length; i++) bits[i] = (source[i] as number) << 16;
    return;
  }
  const table = float16Table();
  for (let i = 0; i < source.length; i++) bits[i] = table[source[i] as number] as number;
}

/** Both take the bits of a float32. */
function toBfloat16(bits: number): number {
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40; // a NaN must not be rounded to infinity
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

function toFloat16(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const size = bits & 0x7fffffff;
  if (size > 0x7f800000) return sign | 0x7e00;
  if (size >= 0x477ff000) return sign | 0x7c00; // from 65520 on
  if (size <= 0x33000000) return sign; // up to 2^-25
  if (size >= 0x38800000) {
    const rebased = size - 0x38000000;
    return sign | ((rebased + 0xfff + ((rebased >>> 13) & 1)) >>> 13);
  }
  // Below 2^-14: a multiple of 2^-24.
  const shift = 126 - (size >>> 23);
  const digits = (size & 0x7fffff) | 0x800000;
  const rest = digits & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  const rounded = digits >>> shift;
  return sign | (rounded + (rest > half || (rest === half && (rounded & 1) === 1) ? 1 : 0));
}

let table: Uint32Array | undefined;

/** The bits of the float32 of every half. */
function float16Table(): Uint32Array {
  table ??= Uint32Array.from({ length: 2 ** 16 }, (_, half) => {
    const sign = (half & 0x8000) << 16;
    const exponent = (half >>> 10) & 31;
    const digits = half & 0x3ff;
    if (exponent === 31) return sign | 0x7f800000 | (digits << 13);
    if (exponent > 0) return sign | ((exponent + 112) << 23) | (digits << 13);
    const [bits = 0] = new Uint32Array(Float32Array.of(digits * 2 ** -24).buffer);
    return sign | bits;
  });
  return table;
}
