import type { Collective } from "../collective/collective.ts";
import { timesSeeded } from "../random/seeded-random.ts";
import type { BatchSource } from "./batch-source.ts";

/** The seed of a loader's first pass: all ranks use the seed of rank 0. */
export class GroupSeed {
  readonly #loader: BatchSource<unknown>;
  readonly #collective: Collective;
  /** The seed that the user has given, which `setSeed` does not replace. */
  readonly given: number | undefined;
  #seed: number;
  #timesSeeded = timesSeeded();

  /**
   * @param agreed what the ranks agreed on when the loader was prepared.
   * @param given of the configuration, where the loader has none.
   */
  constructor(
    loader: BatchSource<unknown>,
    collective: Collective,
    agreed: number,
    given: number | undefined = loader.options.seed,
  ) {
    this.#loader = loader;
    this.#collective = collective;
    this.#seed = agreed;
    this.given = given;
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
    if (this.given === undefined && this.#timesSeeded !== timesSeeded()) {
      this.#timesSeeded = timesSeeded();
      const { baseSeed } = this.#loader;
      const call = "first pass of a data loader after setSeed";
      this.#seed = this.#collective.broadcastObject(baseSeed, 0, call);
    }
    return this.#seed;
  }
}
