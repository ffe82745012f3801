import { complex, type Tensor, tensor } from "@tensorflow/tfjs-core";
import { tensorOf } from "../backend/tensor-values.ts";
import type { StoredTensor } from "./files/stored-tensor.ts";

/** A tensor with the values of a stored one, which may be overwritten then. It belongs to the active scope. */
export function tensorOfStored({ dtype, shape, bytes }: StoredTensor): Tensor {
  if (dtype === "float32") return tensorOf(floatsOf(bytes), shape);
  if (dtype === "bool") return tensor(bytes.slice(), [...shape], "bool");
  if (dtype === "int32") {
    const copy = bytes.slice();
    return tensor(
      new Int32Array(copy.buffer, copy.byteOffset, copy.byteLength / 4),
      [...shape],
      "int32",
    );
  }
  const values = floatsOf(bytes);
  const [real, imaginary] = [0, 1].map((part) =>
    tensor(
      values.filter((_, i) => i % 2 === part),
      [...shape],
      "float32",
    ),
  );
  const made = complex(real as Tensor, imaginary as Tensor);
  real?.dispose();
  imaginary?.dispose();
  return made;
}

/** The bytes as float32 values; a copy only where their address forces one. */
export function floatsOf(bytes: Uint8Array): Float32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}
