import { AcceleratorError } from "../errors.ts";
import { SequenceRandom } from "../random/seeded-random.ts";
import { isStateful, type Stateful } from "../stateful.ts";
import { copyState } from "./copy-state.ts";
import type { Position, SourceState } from "./position.ts";
import { take } from "./take.ts";

type Batch = readonly number[];

export type SamplerReaderOptions = {
  /** Of the random numbers that the sampler draws; undefined if this thread is not seeded. */
  readonly seed: number | undefined;
  readonly epoch: number;
  readonly from: Position;
  /** Batches of a round: what padding needs of the beginning. */
  readonly roundSize: number;
};

/**
 * The batches of a batchSampler in one pass, from a position on. One with `stateDict()` is taken there by its state;
 * another one makes the batches before it again, and they are compared with those of then.
 */
export class SamplerReader {
  readonly #sampler: Iterable<Batch>;
  readonly #options: SamplerReaderOptions;
  readonly #random: SequenceRandom;
  /** The first batches of the pass, if they were made here. */
  readonly #first: Batch[] = [];
  #begin: unknown;
  #isRestored = false;
  /** The position, once the sampler has begun again. */
  #last: Position | undefined;
  #stateful: Stateful | undefined;
  #consumed = 0;
  #checksum = 0;

  constructor(sampler: Iterable<Batch>, options: SamplerReaderOptions) {
    this.#sampler = sampler;
    this.#options = options;
    this.#random = new SequenceRandom(options.seed);
  }

  /** The first batches of the pass; asked for when it is over. */
  get first(): readonly Batch[] {
    if (!this.#isRestored) return this.#first;
    this.#last = this.position; // the sampler's own state changes below
    const begin = this.#begin;
    const from = { consumed: 0, ...(begin === undefined ? {} : { source: { state: begin } }) };
    const again = new SamplerReader(this.#sampler, { ...this.#options, from });
    return [...take(again.batches(), this.#options.roundSize)];
  }

  /** @throws {AcceleratorError} `CHECKPOINT_DATA_CHANGED` if the batches before the position are other ones now. */
  *batches(): Generator<Batch> {
    const { from, epoch } = this.#options;
    const saved = from.source;
    const random = this.#random;
    (this.#sampler as { setEpoch?(epoch: number): void }).setEpoch?.(epoch);
    const own = isStateful(this.#sampler) ? this.#sampler : undefined;
    const hasState = saved?.state !== undefined;
    if (own && hasState) load(own, saved.state);
    const iterator = random.run(() => this.#sampler[Symbol.iterator]());
    this.#stateful = own ?? (isStateful(iterator) ? iterator : undefined);
    if (this.#stateful && hasState) {
      this.#isRestored = true;
      if (!own) load(this.#stateful, saved.state);
      random.restore(saved.random);
      this.#begin = saved.begin;
      this.#consumed = from.consumed;
    } else if (!own) this.#begin = this.#stateOf();
    let isOver = false;
    try {
      for (;;) {
        const next = random.run(() => iterator.next());
        isOver = next.done === true;
        if (this.#consumed < from.consumed && isOver) throw differs();
        if (next.done) return;
        this.#note(next.value);
        if (this.#consumed < from.consumed) continue;
        if (this.#consumed > from.consumed) yield next.value;
        else if (saved?.checksum !== undefined && saved.checksum !== this.#checksum)
          throw differs();
      }
    } finally {
      if (!isOver) iterator.return?.();
    }
  }

  /** Behind the last batch. */
  get position(): Position {
    if (this.#last) return this.#last;
    const state = this.#stateOf();
    const random = this.#random.state;
    const source: SourceState =
      state === undefined
        ? { checksum: this.#checksum }
        : { state, ...this.#beginning(), ...(random ? { random } : {}) };
    return { consumed: this.#consumed, source };
  }

  #beginning(): Pick<SourceState, "begin"> {
    return this.#begin === undefined ? {} : { begin: this.#begin };
  }

  #stateOf(): unknown {
    return this.#stateful && copyState(this.#stateful.stateDict(), "batchSampler");
  }

  #note(batch: Batch): void {
    this.#consumed += 1;
    if (this.#first.length < this.#options.roundSize) this.#first.push(batch);
    this.#checksum = checksumOf([batch.length, ...batch], this.#checksum);
  }
}

function load(stateful: Stateful, state: unknown): void {
  stateful.loadStateDict(state as never);
}

/** FNV-1a, over 32-bit numbers. */
function checksumOf(numbers: readonly number[], before: number): number {
  let hash = before || 0x811c9dc5;
  for (const number of numbers) hash = Math.imul(hash ^ number, 0x01000193) >>> 0;
  return hash;
}

function differs(): AcceleratorError {
  return new AcceleratorError(
    "CHECKPOINT_DATA_CHANGED",
    "The batchSampler makes other batches than those that were consumed when the state of its data loader was saved. " +
      "Its batches must depend on setSeed or on setEpoch(epoch) alone; or give it stateDict() and loadStateDict(state).",
  );
}
