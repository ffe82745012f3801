import { AcceleratorError } from "../errors.ts";
import type { StoredTensor } from "./files/stored-tensor.ts";

/** The tensors of a checkpoint, by file and name. */
export type TensorSource = ReadonlyMap<string, ReadonlyMap<string, StoredTensor>>;

/** @throws {AcceleratorError} `CHECKPOINT_DAMAGED` if there is none, or it has another form. */
export function requireStored(
  source: TensorSource,
  file: string,
  name: string,
  form?: { readonly dtype: string; readonly shape: readonly number[] },
): StoredTensor {
  const stored = source.get(file)?.get(name);
  if (!stored) {
    throw new AcceleratorError(
      "CHECKPOINT_DAMAGED",
      `${file} has no tensor "${name}", which the checkpoint needs.`,
    );
  }
  if (form && (form.dtype !== stored.dtype || String(form.shape) !== String(stored.shape))) {
    throw new AcceleratorError(
      "CHECKPOINT_DAMAGED",
      `${file}: the tensor "${name}" is ${stored.dtype}[${stored.shape.join(", ")}], and ${form.dtype}` +
        `[${form.shape.join(", ")}] is needed.`,
    );
  }
  return stored;
}
