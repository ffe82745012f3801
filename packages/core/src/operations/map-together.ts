import type { Tensor } from "@tensorflow/tfjs-core";
import type { Collective } from "../collective/collective.ts";
import type { AcceleratorError } from "../errors.ts";
import {
  describeStructure,
  invalidLeaf,
  mapTensors,
  type TensorStructure,
  tensorsOf,
} from "./tensor-structure.ts";

/** A collective operation on the tensors of a structure. */
export type TensorOperation = {
  /** Its name in the public API. */
  readonly call: string;
  /** The properties of a tensor that must be equal on all ranks, such as `float32[2, 3]`. */
  readonly describe: (part: Tensor) => string;
  /** Other parameters that must be equal on all ranks, such as `dim 0`. */
  readonly options?: string;
  /** The fault of a tensor, which is the same on every rank that has such a tensor. */
  readonly fault?: (part: Tensor) => AcceleratorError | undefined;
  /** @param call names this tensor of the structure; the ranks compare it. */
  readonly operate: (part: Tensor, call: string) => Promise<Tensor>;
};

/**
 * Applies an operation to every tensor of a structure, on all ranks together. The ranks compare their whole structures
 * before data is exchanged: names, order, dtypes and shapes.
 *
 * @throws {AcceleratorError} `COLLECTIVE_MISMATCH` on every rank if they differ; if they do not, `VALUE_INVALID`
 *   naming the first leaf that is no tensor, and what `fault` says.
 */
export async function mapTogether<T extends TensorStructure>(
  structure: T,
  collective: Collective,
  { call, describe, options, fault, operate }: TensorOperation,
): Promise<T> {
  const whole = shorten(describeStructure(structure, describe));
  const text = `${call}(${whole}${options === undefined ? "" : `, ${options}`})`;
  const parts = tensorsOf(structure);
  let error = invalidLeaf(structure, call);
  for (const part of parts) error ??= fault?.(part);
  // Otherwise ranks without such a fault, or with more tensors, would not know about it.
  if (error || parts.length === 0) collective.barrier(text);
  if (error) throw error;
  return mapTensors(structure, (part, path) =>
    operate(part, path === "" ? text : `${text} at ${path}`),
  );
}

/** Ranks compare only some hundred characters of a call. */
const LONGEST = 64;

/** A long text by its beginning and a hash of the whole. */
function shorten(text: string): string {
  if (text.length <= LONGEST) return text;
  let hash = 0x811c9dc5; // FNV-1a
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return `${text.slice(0, LONGEST - 12)}… #${hash.toString(16)}`;
}
