import type { Tensor } from "@tensorflow/tfjs-core";
import { lookAt, readInto } from "../backend/tensor-values.ts";
import { AcceleratorError } from "../errors.ts";
import type { StoredType } from "./files/stored-tensor.ts";

/** A tensor of a checkpoint without its values: plain data. */
export type Spec = {
  /** Path of its file in the checkpoint. */
  readonly file: string;
  /** Its name in the file. */
  readonly name: string;
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  readonly byteLength: number;
};

/** Values that are no tensor: they belong to a user's state. */
export type HostValues = {
  readonly dtype: "float32" | "int32";
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
};

/** A tensor that is to be saved. */
export type Entry = { readonly spec: Spec; readonly source: Tensor | HostValues };

const BYTES: Readonly<Record<StoredType, number>> = {
  ...{ float32: 4, int32: 4, bool: 1, complex64: 8 },
};

/** @throws {AcceleratorError} `VALUE_INVALID` for a tensor of strings. */
export function entryOf(file: string, name: string, source: Tensor | HostValues): Entry {
  const { dtype, shape } = source;
  if (!Object.hasOwn(BYTES, dtype)) {
    throw new AcceleratorError(
      "VALUE_INVALID",
      `saveState: the tensor "${name}" is ${dtype}; ${Object.keys(BYTES).join(", ")} can be saved as tensors.`,
    );
  }
  const size = shape.reduce((product, length) => product * length, 1);
  const stored = dtype as StoredType;
  const byteLength = size * BYTES[stored];
  return { spec: { file, name, dtype: stored, shape: [...shape], byteLength }, source };
}

/** Copies the values to `target`, which has the length and an address that is a multiple of 4. */
export function readEntry({ spec, source }: Entry, target: Uint8Array): void {
  if (spec.byteLength === 0) return;
  if ("values" in source) target.set(bytesOf(source.values));
  else if (spec.dtype === "float32") {
    readInto(new Float32Array(target.buffer, target.byteOffset, target.byteLength / 4), source);
  } else target.set(bytesOf(source.dataSync()));
}

/** Whether the values are these, to the bit. */
export function hasValues({ spec, source }: Entry, bytes: Uint8Array): boolean {
  if (spec.byteLength === 0) return true;
  if ("values" in source) return Buffer.compare(bytesOf(source.values), bytes) === 0;
  const values = spec.dtype === "float32" ? lookAt(source) : source.dataSync();
  return Buffer.compare(bytesOf(values), bytes) === 0;
}

/** The bytes of a typed array. */
export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
