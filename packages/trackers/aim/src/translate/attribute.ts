import { chunkPath } from "../format/run-paths.ts";
import type { TreeKey, TreeValue } from "../format/tree.ts";
import type { Operation } from "../operation.ts";

/** Sets an attribute of the run, in the run itself and in the data that all runs of the repository share. */
export function attribute(hash: string, path: readonly TreeKey[], value: TreeValue): Operation {
  return {
    kind: "write",
    writes: [
      { tree: "meta", path: chunkPath(hash, "attrs", ...path), value },
      { tree: "meta", path: ["meta", "attrs", ...path], value },
    ],
  };
}
