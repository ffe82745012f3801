import type { TreeKey } from "./tree.ts";

/** Where a value that belongs to one run alone is, in the tree of meta data. */
export function chunkPath(hash: string, ...keys: readonly TreeKey[]): TreeKey[] {
  return ["meta", "chunks", hash, ...keys];
}
