import type { Variable } from "@tensorflow/tfjs-core";
import type { Storage } from "../record/storage.ts";

/** Where a replay finds a value. */
export type Source =
  /** What the variable held when the step began. */
  | { readonly kind: "variable"; readonly variable: Variable }
  /** One of the tensors that the step is given. */
  | { readonly kind: "given"; readonly index: number }
  /** A number that is read from JavaScript in every step. */
  | { readonly kind: "scalar"; readonly index: number }
  /** An array that is read in every step. */
  | { readonly kind: "array"; readonly index: number }
  /** What one of the step's graphs gives. */
  | { readonly kind: "result"; readonly graph: number; readonly index: number }
  /** The same in every step. */
  | { readonly kind: "constant"; readonly storage: Storage };

/** Whether two sources are the same place; constants are compared by `sameValues`. */
export function sameSource(
  a: Source,
  b: Source,
  sameValues: (a: Storage, b: Storage) => boolean,
): boolean {
  if (a.kind === "constant" && b.kind === "constant") return sameValues(a.storage, b.storage);
  if (a.kind === "variable" && b.kind === "variable") return a.variable === b.variable;
  if (a.kind === "result" && b.kind === "result") {
    return a.graph === b.graph && a.index === b.index;
  }
  return (
    a.kind === b.kind && "index" in a && "index" in b && a.kind !== "result" && a.index === b.index
  );
}
