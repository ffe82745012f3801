import type { Variable } from "@tensorflow/tfjs-core";
import type { Storage } from "../record/storage.ts";

/** Where a replay finds a value. */
export type Source =
  /** The value of the variable at the beginning of the step. */
  | { readonly kind: "variable"; readonly variable: Variable }
  /** One of the arguments of the step. */
  | { readonly kind: "given"; readonly index: number }
  /** A number that is read from JavaScript in every step. */
  | { readonly kind: "scalar"; readonly index: number }
  /** An array that is read in every step. */
  | { readonly kind: "array"; readonly index: number }
  /** A result of one of the step's graphs. */
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
