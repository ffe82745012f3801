import type { LogValue } from "../../tracker-contract/log-value.ts";

/** Typed arrays that trackers get as they are, by the name that they give themselves. */
const TYPES = {
  Float32Array,
  Float64Array,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
} as const;

/**
 * A copy of a typed array with memory of its own. A `Buffer` becomes a `Uint8Array`, 16-bit floats 32-bit ones. 64-bit integers
 * become doubles where those hold all of them exactly, otherwise a list of bigints.
 *
 * @returns undefined for a `DataView`, which does not say what its bytes are.
 */
export function copyTypedArray(view: ArrayBufferView): LogValue {
  // Asked of the array itself: `Buffer` and classes of other realms are no instances of ours.
  const name = (view as Uint8Array)[Symbol.toStringTag] as string;
  if (name in TYPES) {
    const type = TYPES[name as keyof typeof TYPES] as typeof Uint8Array;
    return new type(view as Uint8Array);
  }
  if (name === "Float16Array") return new Float32Array(view as unknown as ArrayLike<number>);
  if (name === "DataView") return undefined;
  const integers = Array.from(view as BigInt64Array);
  const isExact = integers.every((integer) => BigInt.asIntN(54, integer) === integer);
  return isExact ? Float64Array.from(integers, Number) : integers;
}
