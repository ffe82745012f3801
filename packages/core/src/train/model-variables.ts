import type { Variable } from "@tensorflow/tfjs-core";
import { type FoundParts, type Freezable, findParts, type Layer } from "./find-variables.ts";

/** The variables of one model, and which of them are trained now: layers may be frozen at any time. */
export class ModelVariables {
  /** In a fixed order, the same on every rank. */
  readonly all: readonly Variable[];
  readonly layers: readonly Layer[];
  readonly #parts: FoundParts;
  /** What can freeze a variable, and whether it did when `trainable` was computed. */
  readonly #freezables: readonly Freezable[];
  readonly #flags: boolean[] = [];
  #trainable: readonly Variable[] = [];

  constructor(parts: FoundParts) {
    this.#parts = parts;
    this.layers = parts.layers;
    this.all = [...parts.variables.keys()];
    this.#freezables = [...new Set([...parts.variables.values()].flatMap((set) => [...set]))];
  }

  has(variable: Variable): boolean {
    return this.#parts.variables.has(variable);
  }

  /** Those that nothing freezes. The list stays the same object as long as nothing is frozen or freed. */
  get trainable(): readonly Variable[] {
    if (this.#flagsChanged()) {
      const isFree = ({ trainable }: Freezable) => trainable !== false;
      this.#trainable = this.all.filter((variable) =>
        [...(this.#parts.variables.get(variable) ?? [])].every(isFree),
      );
    }
    return this.#trainable;
  }

  /** Called in every step, so it allocates nothing. */
  #flagsChanged(): boolean {
    let changed = false;
    for (let i = 0; i < this.#freezables.length; i++) {
      const flag = this.#freezables[i]?.trainable !== false;
      if (this.#flags[i] === flag) continue;
      this.#flags[i] = flag;
      changed = true;
    }
    return changed;
  }
}

/** The variables of a model as `findParts` finds them; undefined if `value` is no model. */
export function modelVariables(value: unknown): ModelVariables | undefined {
  const parts = findParts(value);
  return parts && new ModelVariables(parts);
}

/** Whether two lists hold the same objects in the same order. */
export function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
