/** A tensor as a file holds it. */
export type StoredTensor = {
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  /** The values, little endian, as TensorFlow.js has them: a complex number as its real and its imaginary part. */
  readonly bytes: Uint8Array;
};

export type StoredType = "float32" | "int32" | "bool" | "complex64";

type FileType = {
  /** Its name in a safetensors file. */
  readonly code: string;
  /** Bytes of one value. */
  readonly size: number;
};

/** In the order in which the official writer puts tensors into a file: complex numbers first. */
export const FILE_TYPES: Readonly<Record<StoredType, FileType>> = {
  complex64: { code: "C64", size: 8 },
  float32: { code: "F32", size: 4 },
  int32: { code: "I32", size: 4 },
  bool: { code: "BOOL", size: 1 },
};

const NAMES = Object.keys(FILE_TYPES) as StoredType[];

/** The place of a type in the order of a file. */
export function typeRank(dtype: StoredType): number {
  return NAMES.indexOf(dtype);
}

export function typeOfCode(code: string): StoredType | undefined {
  return NAMES.find((name) => FILE_TYPES[name].code === code);
}

/** Number of bytes of a tensor; NaN if the shape is none, or the product is no exact number. */
export function bytesOfShape(shape: readonly unknown[], valueSize: number): number {
  let bytes = valueSize;
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || (size as number) < 0) return Number.NaN;
    bytes *= size as number;
  }
  return Number.isSafeInteger(bytes) ? bytes : Number.NaN;
}
