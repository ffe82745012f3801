import { readFileSync } from "node:fs";
import type { ReduceOp } from "./collective.ts";
import { type HalfKernel, halfKernel, scalarHalfKernel } from "./half-kernel.ts";
import type { HalfFormat } from "./half-precision.ts";

/** A range of bytes that is reduced, in slots at equal distances in one memory. */
export type SlotRange = {
  /** Address of the first slot, a multiple of 16. */
  readonly base: number;
  /** Bytes from one slot to the next, a multiple of 16. */
  readonly stride: number;
  readonly slots: number;
  /** Within a slot; `start` is a multiple of 16, `end` of the size of an element. */
  readonly start: number;
  readonly end: number;
};

/** Combines a range of all slots in slot order and writes the result to every slot. */
export type ReduceKernel = {
  /** @param divisor of the mean, if the slots are not all that is averaged. */
  float32(range: SlotRange, op: ReduceOp, divisor?: number): void;
  int32(range: SlotRange, op: ReduceOp): void;
  /** The mean of 16-bit values, summed in float32 and rounded once. */
  half(range: SlotRange, format: HalfFormat): void;
};

const CODES: Record<ReduceOp, number> = { sum: 0, mean: 0, max: 1, min: 2 };

type WasmExports = {
  reduceFloat32(...args: number[]): void;
  reduceInt32(...args: number[]): void;
};

/** The kernel for this machine: WASM SIMD, or plain JavaScript where SIMD is missing. Both give identical bits. */
export function createReduceKernel(memory: WebAssembly.Memory): ReduceKernel {
  const bytes = readFileSync(new URL("../../wasm/reduce.wasm", import.meta.url));
  if (!WebAssembly.validate(bytes)) return createScalarKernel(memory);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const { reduceFloat32, reduceInt32 } = exports as unknown as WasmExports;
  return {
    float32: ({ base, stride, slots, start, end }, op, divisor = op === "mean" ? slots : 1) =>
      reduceFloat32(base, stride, slots, start, end, CODES[op], divisor),
    int32: ({ base, stride, slots, start, end }, op) =>
      reduceInt32(base, stride, slots, start, end, CODES[op]),
    half: (range, format) => averageHalves(memory, halfKernel(), range, format),
  };
}

/** The same arithmetic, one element at a time: every float32 operation is rounded as WASM rounds it. */
export function createScalarKernel(memory: WebAssembly.Memory): ReduceKernel {
  const combineWith = (op: ReduceOp): ((a: number, b: number) => number) => {
    if (op === "max") return Math.max;
    if (op === "min") return Math.min;
    return (a, b) => a + b;
  };
  return {
    float32: (range, op, divisor = op === "mean" ? range.slots : 1) => {
      const combine = combineWith(op);
      reduceElements(
        new Float32Array(memory.buffer),
        range,
        (a, b) => Math.fround(combine(a, b)),
        divisor,
      );
    },
    int32: (range, op) => {
      const combine = combineWith(op);
      reduceElements(new Int32Array(memory.buffer), range, (a, b) => combine(a, b) | 0, 1);
    },
    half: (range, format) => averageHalves(memory, scalarHalfKernel, range, format),
  };
}

function reduceElements(
  elements: Float32Array | Int32Array,
  { base, stride, slots, start, end }: SlotRange,
  combine: (a: number, b: number) => number,
  divisor: number,
): void {
  const slotLength = stride / 4;
  for (let index = (base + start) / 4; index < (base + end) / 4; index++) {
    let value = elements[index] as number;
    for (let slot = 1; slot < slots; slot++) {
      value = combine(value, elements[index + slot * slotLength] as number);
    }
    if (divisor !== 1) value = Math.fround(value / divisor);
    for (let slot = 0; slot < slots; slot++) elements[index + slot * slotLength] = value;
  }
}

function averageHalves(
  memory: WebAssembly.Memory,
  kernel: HalfKernel,
  { base, stride, slots, start, end }: SlotRange,
  format: HalfFormat,
): void {
  const parts = Array.from(
    { length: slots },
    (_, slot) => new Uint16Array(memory.buffer, base + slot * stride + start, (end - start) / 2),
  );
  kernel.average(parts, format);
}
