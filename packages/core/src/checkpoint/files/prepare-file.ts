import { valueToText } from "./checkpoint-value.ts";
import { layoutTensors } from "./safetensors-layout.ts";
import type { StoredTensor } from "./stored-tensor.ts";
import { partsOf } from "./tensor-file.ts";

/** A file of a checkpoint: tensors, or plain data. */
export type CheckpointFile =
  | {
      /** A name that ends with `.safetensors`. */
      readonly path: string;
      readonly tensors: ReadonlyMap<string, StoredTensor>;
      readonly metadata?: Readonly<Record<string, string>>;
    }
  | {
      /** A name that ends with `.json`. */
      readonly path: string;
      /** Numbers (also `NaN`, `Infinity`, `-0`), text, bigints, dates, typed arrays, plain objects and arrays of these. */
      readonly json: unknown;
    };

/** A file that is ready to be written. */
export type PreparedFile = {
  readonly path: string;
  readonly size: number;
  readonly parts: () => Iterable<Uint8Array>;
};

/** @throws {AcceleratorError} `VALUE_INVALID` for something that cannot be stored. */
export function prepareFile(file: CheckpointFile): PreparedFile {
  const { path } = file;
  if ("json" in file) {
    const text = Buffer.from(valueToText(path, file.json));
    return { path, size: text.byteLength, parts: () => [text] };
  }
  const { head, tensors, size } = layoutTensors(file.tensors, file.metadata);
  return { path, size, parts: () => partsOf(head, tensors) };
}
