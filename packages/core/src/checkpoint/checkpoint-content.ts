import type { StoredTensor } from "./files/stored-tensor.ts";

/** Where a checkpoint goes. */
export type Target = { readonly path: string; readonly iteration: number | undefined };

/** The content of a checkpoint, complete in memory. */
export type CheckpointContent = {
  readonly target: Target;
  readonly json: ReadonlyMap<string, unknown>;
  readonly tensors: ReadonlyMap<string, ReadonlyMap<string, StoredTensor>>;
  /** What a reader must know to use it. */
  readonly requires: readonly string[];
};
