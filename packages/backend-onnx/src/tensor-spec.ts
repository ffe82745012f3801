import type { DataType } from "@tensorflow/tfjs-core";

/** The types that an ONNX graph computes with. Strings and complex numbers stay on the cpu backend. */
export type NumericType = "float32" | "int32" | "bool";

export type Shape = readonly number[];

/** The shape and type of a tensor, without its values. */
export type TensorSpec = { readonly shape: Shape; readonly dtype: NumericType };

/** The JavaScript arrays that hold the values of each type. A bool is one byte. */
export const ARRAY_TYPES: Readonly<Record<NumericType, ArrayType>> = {
  float32: Float32Array,
  int32: Int32Array,
  bool: Uint8Array,
};

export type NumericArray = Float32Array | Int32Array | Uint8Array;

type ArrayType = {
  new (length: number): NumericArray;
  new (bytes: ArrayBufferLike, offset: number, length: number): NumericArray;
  from(values: ArrayLike<number>): NumericArray;
  readonly BYTES_PER_ELEMENT: number;
};

export function isNumeric(dtype: DataType): dtype is NumericType {
  return dtype in ARRAY_TYPES;
}

/** Number of elements. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

export function byteLengthOf({ shape, dtype }: TensorSpec): number {
  return sizeOf(shape) * ARRAY_TYPES[dtype].BYTES_PER_ELEMENT;
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
