import type { Collective } from "../collective/collective.ts";
import { timesSeeded } from "../random/seeded-random.ts";
import type { BatchSource } from "./batch-source.ts";

/** The seed of a loader's first pass: all ranks use the seed of rank 0. */
export class GroupSeed {
  readonly #loader: BatchSource<unknown>;
  readonly #collective: Collective;
  #seed: number;
  #timesSeeded = timesSeeded();

  /** @param agreed what the ranks agreed on when the loader was prepared. */
  constructor(loader: BatchSource<unknown>, collective: Collective, agreed: number) {
    this.#loader = loader;
    this.#collective = collective;
    this.#seed = agreed;
  }

  /** Goes on with the seed of a checkpoint, until `setSeed` is called again. */
  restore(seed: number): void {
    this.#seed = seed;
    this.#timesSeeded = timesSeeded();
  }

  /** The seed as it is; not collective. */
  get current(): number {
    return this.#seed;
  }

  /** Read when a pass begins. Collective in the first one after `setSeed`, which agrees on it again. */
  read(): number {
    const { seed } = this.#loader.options;
    if (seed === undefined && this.#timesSeeded !== timesSeeded()) {
      this.#timesSeeded = timesSeeded();
      const { baseSeed } = this.#loader;
      const call = "first pass of a data loader after setSeed";
      this.#seed = this.#collective.broadcastObject(baseSeed, 0, call);
    }
    return this.#seed;
  }
}
