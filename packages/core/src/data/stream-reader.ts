import { AcceleratorError } from "../errors.ts";
import { SequenceRandom, sampleSeed } from "../random/seeded-random.ts";
import { withoutTensors } from "./columns.ts";
import { copyState } from "./copy-state.ts";
import type { StreamPass, StreamSource } from "./dataset.ts";
import type { Position, SourceState } from "./position.ts";
import { SkipReport } from "./skip-report.ts";

/** A sample with its index, for messages. */
export type Numbered = { readonly number: number; readonly sample: unknown };

export type StreamReaderOptions = {
  /** Seed of the pass. */
  readonly seed: number;
  readonly epoch: number;
  readonly from: Position;
  /** Samples of a step of all ranks together: the most that padding needs of the beginning. */
  readonly windowSize: number;
  /** Random numbers are those of this rank, where each one reads a stream of its own. Default 0. */
  readonly ofRank?: number;
  /** Tells the user about a long wait. */
  readonly reports: boolean;
};

/** While samples are skipped, others may wait; they hear of it so often. */
const SIGN_OF_LIFE_MS = 1000;

/**
 * One pass of a stream, from a position on. A stream with `stateDict()` is taken there by its state; what comes before
 * in another one is read and dropped.
 */
export class StreamReader {
  readonly #source: StreamSource;
  readonly #options: StreamReaderOptions;
  readonly #random: SequenceRandom;
  /** The first samples of the pass, if it is read from its beginning to go on in its middle. */
  readonly #first: Numbered[] = [];
  #pass: StreamPass | undefined;
  #begin: unknown;
  #consumed = 0;
  #isOver = false;
  /** The position, once the stream has been opened again. */
  #last: Position | undefined;

  constructor(source: StreamSource, options: StreamReaderOptions) {
    this.#source = source;
    this.#options = options;
    this.#random = this.#newRandom();
  }

  /** Goes to where the pass begins, before `samples`. Yields every second while it reads. */
  async *skip(): AsyncGenerator<void> {
    const { epoch, from, windowSize, reports } = this.#options;
    const saved = from.source;
    const state = saved?.state;
    this.#pass = await this.#random.run(() => this.#source.open(epoch, state));
    if (state !== undefined && this.#pass.stateful) {
      this.#begin = saved?.begin;
      this.#random.restore(saved?.random);
      this.#consumed = from.consumed;
      return;
    }
    if (this.#pass.isOfIterator) this.#begin = await this.#stateOf();
    const report = reports ? new SkipReport(from.consumed) : undefined;
    let last = performance.now();
    while (this.#consumed < from.consumed) {
      const next = await this.#next();
      if (next.done) break;
      if (this.#first.length < windowSize) await this.#numbered(next.value);
      const now = performance.now();
      if (now - last < SIGN_OF_LIFE_MS) continue;
      last = now;
      report?.skipped(this.#consumed);
      yield;
    }
    report?.end();
    if (this.#consumed < from.consumed) throw shorter(from.consumed, this.#consumed);
  }

  async *samples(): AsyncGenerator<Numbered> {
    try {
      for (;;) {
        const next = await this.#next();
        if (next.done) return;
        yield await this.#numbered(next.value);
      }
    } finally {
      await this.close();
    }
  }

  /** Ends the stream before its end, if it was opened. */
  async close(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await this.#pass?.iterator.return?.();
  }

  /** Behind the last sample that was read. */
  async position(): Promise<Position> {
    if (this.#last) return this.#last;
    const state = await this.#stateOf();
    if (state === undefined) return { consumed: this.#consumed };
    const random = this.#random.state;
    const begin = this.#begin === undefined ? {} : { begin: this.#begin };
    const source: SourceState = { state, ...begin, ...(random ? { random } : {}) };
    return { consumed: this.#consumed, source };
  }

  /** The first samples of the pass; undefined if the samples that were read began with them. */
  async first(): Promise<readonly Numbered[] | undefined> {
    if (this.#options.from.consumed === 0) return undefined;
    if (this.#first.length > 0) return this.#first;
    this.#last = await this.position(); // the dataset's own state changes below
    const again = this.#newRandom();
    const { epoch, windowSize } = this.#options;
    const pass = await again.run(() => this.#source.open(epoch, this.#begin));
    const first: Numbered[] = [];
    while (first.length < windowSize) {
      const next = await again.run(() => pass.iterator.next());
      if (next.done) return first;
      first.push({ number: first.length, sample: await withoutTensors(await next.value) });
    }
    await pass.iterator.return?.();
    return first;
  }

  async #numbered(value: unknown): Promise<Numbered> {
    const number = this.#consumed - 1;
    const numbered = { number, sample: await withoutTensors(value) };
    const { from, windowSize } = this.#options;
    const isFirst = number === this.#first.length && number < windowSize;
    if (isFirst && from.consumed > 0) this.#first.push(numbered);
    return numbered;
  }

  async #next(): Promise<IteratorResult<unknown>> {
    const { iterator } = this.#pass as StreamPass;
    const next = await this.#random.run(() => iterator.next());
    if (next.done) {
      this.#isOver = true;
      return next;
    }
    this.#consumed += 1;
    return { done: false, value: await next.value }; // a list of promises is a stream too
  }

  async #stateOf(): Promise<unknown> {
    const stateful = this.#pass?.stateful;
    return stateful && copyState(await stateful.stateDict(), "stream");
  }

  #newRandom(): SequenceRandom {
    const { seed, ofRank = 0 } = this.#options;
    return new SequenceRandom(sampleSeed(seed, ofRank));
  }
}

function shorter(expected: number, found: number): AcceleratorError {
  return new AcceleratorError(
    "CHECKPOINT_DATA_CHANGED",
    `The stream ended after ${found} samples, but ${expected} of them were consumed when the state of its data loader was ` +
      "saved. Pass the same stream as before, or start the run anew.",
  );
}
