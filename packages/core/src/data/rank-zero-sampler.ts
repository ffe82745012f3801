import type { Collective } from "../collective/collective.ts";
import { errorOf, type Fault, faultOf } from "../fault.ts";
import type { Position } from "./position.ts";
import type { SamplerReader } from "./sampler-reader.ts";

type Batches = readonly (readonly number[])[];

/** The batches that rank 0 has drawn for a step. */
type Draw = {
  readonly batches: Batches;
  readonly after: Position;
  readonly isLast: boolean;
  /** The first batches of the pass, which may complete the last round. */
  readonly first?: Batches;
  readonly fault?: Fault;
};

/**
 * The batches of a batchSampler, drawn by rank 0 for all ranks: a random sampler would give different batches on every
 * rank, and samples would be read twice or never.
 */
export class RankZeroSampler {
  readonly #sampler: SamplerReader;
  readonly #collective: Collective;
  #after: Position;
  #first: Batches = [];

  constructor(sampler: SamplerReader, from: Position, collective: Collective) {
    this.#sampler = sampler;
    this.#collective = collective;
    this.#after = from;
  }

  /** Behind the round of the last batch. */
  get after(): Position {
    return this.#after;
  }

  /** The first batches of the pass; known at its end. */
  get first(): Batches {
    return this.#first;
  }

  /**
   * Collective: one exchange for as many batches as there are ranks.
   *
   * @throws {AcceleratorError} `DATA_INVALID` on the other ranks if the sampler throws on rank 0.
   */
  *batches(): Generator<readonly number[]> {
    const { rank, worldSize } = this.#collective;
    const iterator = rank === 0 ? this.#sampler.batches() : undefined;
    let isOver = false;
    try {
      while (!isOver) {
        let thrown: { readonly error: unknown } | undefined;
        let mine: Draw | undefined;
        try {
          mine = iterator && this.#draw(iterator, worldSize);
        } catch (error) {
          thrown = { error };
          const fault = faultOf(error, "DATA_INVALID"); // the other ranks wait for it
          mine = { batches: [], after: this.#after, isLast: true, fault };
        }
        const drawn = this.#collective.broadcastObject(mine, 0, CALL) as Draw;
        isOver = drawn.isLast;
        if (thrown) throw thrown.error;
        if (drawn.fault) {
          const { code, message } = drawn.fault;
          const where = "The batchSampler failed on rank 0, which draws for all";
          throw errorOf({ code, message: `${where}: ${message}` });
        }
        this.#after = drawn.after;
        this.#first = drawn.first ?? [];
        yield* drawn.batches;
      }
    } finally {
      if (!isOver) iterator?.return?.(undefined);
    }
  }

  #draw(iterator: Iterator<readonly number[]>, count: number): Draw {
    const batches: (readonly number[])[] = [];
    while (batches.length < count) {
      const next = iterator.next();
      if (next.done) {
        const { position: after, first } = this.#sampler;
        return { batches, after, isLast: true, first };
      }
      batches.push(next.value);
    }
    return { batches, after: this.#sampler.position, isLast: false };
  }
}

const CALL = "next batches of a batchSampler";
