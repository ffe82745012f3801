import type { Tensor, Variable } from "@tensorflow/tfjs-core";

/** Files that a hook adds to a checkpoint. Those of the main process are saved. */
export interface HookFiles {
  /** Adds plain data as a JSON file. */
  addJson(path: string, value: unknown): void;
  /** Adds tensors, which stay the caller's, as a safetensors file. */
  addTensors(path: string, tensors: Readonly<Record<string, Tensor>>): void;
}

/** Files of a checkpoint that a hook reads. */
export interface HookSource {
  /** The content of a JSON file; undefined if there is none. */
  json(path: string): unknown;
  /** New tensors of a safetensors file, which the caller disposes; undefined if there is none. */
  tensors(path: string): Map<string, Tensor> | undefined;
}

/**
 * Called by `saveState` on every rank before the state is copied. What it removes from `weights` (and `models`) is not
 * saved: the hook saves it.
 */
export type SaveStateHook = (
  models: object[],
  weights: Map<string, Variable>[],
  directory: string,
  files: HookFiles,
) => void | Promise<void>;

/** Called by `loadState` on every rank before anything is changed. What it removes from `models` is not loaded. */
export type LoadStateHook = (
  models: object[],
  directory: string,
  files: HookSource,
) => void | Promise<void>;

/** Functions in the order of their registration. */
export class Hooks<Hook> {
  readonly #hooks: { readonly hook: Hook }[] = [];

  /** @returns a function that removes it. */
  add(hook: Hook): () => void {
    const entry = { hook };
    this.#hooks.push(entry);
    return () => {
      const index = this.#hooks.indexOf(entry);
      if (index >= 0) this.#hooks.splice(index, 1);
    };
  }

  get all(): readonly Hook[] {
    return this.#hooks.map(({ hook }) => hook);
  }
}
