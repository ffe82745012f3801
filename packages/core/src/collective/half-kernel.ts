import { readFileSync } from "node:fs";
import { type HalfFormat, packHalf, unpackHalf } from "./half-precision.ts";

/** Works on many 16-bit values. */
export type HalfKernel = {
  /** Copies float32 values, rounded. */
  pack(source: Float32Array, target: Uint16Array, format: HalfFormat): void;
  /** Copies values back. */
  unpack(source: Uint16Array, target: Float32Array, format: HalfFormat): void;
  /** Replaces arrays of one length by their mean, summed in float32 in their order, and rounded once. */
  average(parts: readonly Uint16Array[], format: HalfFormat): void;
};

type WasmExports = {
  pack(format: number, floats: number, halves: number, count: number): void;
  unpack(format: number, halves: number, floats: number, count: number): void;
  add(sums: number, values: number, count: number): void;
  divide(sums: number, divisor: number, count: number): void;
};

/** Values that are converted at a time: three buffers of a block are in one page of memory. */
const BLOCK = 4096;
const [SUMS, VALUES, HALVES] = [0, 4 * BLOCK, 8 * BLOCK] as const;
const CODES: Record<HalfFormat, number> = { fp16: 0, bf16: 1 };

let kernel: HalfKernel | undefined;

/** The kernel of this thread: WASM SIMD, or plain JavaScript where SIMD is missing. Both give identical bits. */
export function halfKernel(): HalfKernel {
  kernel ??= simdKernel() ?? scalarHalfKernel;
  return kernel;
}

export const scalarHalfKernel: HalfKernel = {
  pack: packHalf,
  unpack: unpackHalf,
  average(parts, format) {
    const [first] = parts as [Uint16Array];
    const sums = new Float32Array(BLOCK);
    const values = new Float32Array(BLOCK);
    for (const [from, to] of blocksOf(first.length)) {
      const own = sums.subarray(0, to - from);
      unpackHalf(first.subarray(from, to), own, format);
      for (const part of parts.slice(1)) {
        unpackHalf(part.subarray(from, to), values, format);
        for (let i = 0; i < own.length; i++) own[i] = (own[i] as number) + (values[i] as number);
      }
      for (let i = 0; i < own.length; i++) own[i] = (own[i] as number) / parts.length;
      packHalf(own, first.subarray(from, to), format);
      for (const part of parts.slice(1)) part.set(first.subarray(from, to), from);
    }
  },
};

function simdKernel(): HalfKernel | undefined {
  const bytes = readFileSync(new URL("../../wasm/half.wasm", import.meta.url));
  if (!WebAssembly.validate(bytes)) return undefined;
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const { pack, unpack, add, divide } = exports as unknown as WasmExports;
  const sums = new Float32Array(memory.buffer, SUMS, BLOCK);
  const halves = new Uint16Array(memory.buffer, HALVES, BLOCK);
  return {
    pack(source, target, format) {
      for (const [from, to] of blocksOf(source.length)) {
        sums.set(source.subarray(from, to));
        pack(CODES[format], SUMS, HALVES, to - from);
        target.set(halves.subarray(0, to - from), from);
      }
    },
    unpack(source, target, format) {
      for (const [from, to] of blocksOf(source.length)) {
        halves.set(source.subarray(from, to));
        unpack(CODES[format], HALVES, SUMS, to - from);
        target.set(sums.subarray(0, to - from), from);
      }
    },
    average(parts, format) {
      for (const [from, to] of blocksOf((parts[0] as Uint16Array).length)) {
        const count = to - from;
        for (const [index, part] of parts.entries()) {
          halves.set(part.subarray(from, to));
          unpack(CODES[format], HALVES, index === 0 ? SUMS : VALUES, count);
          if (index > 0) add(SUMS, VALUES, count);
        }
        divide(SUMS, parts.length, count);
        pack(CODES[format], SUMS, HALVES, count);
        for (const part of parts) part.set(halves.subarray(0, count), from);
      }
    },
  };
}

function* blocksOf(length: number): Generator<readonly [from: number, to: number]> {
  for (let from = 0; from < length; from += BLOCK) yield [from, Math.min(from + BLOCK, length)];
}
