import { AcceleratorError } from "../errors.ts";
import { timedUntilSettled } from "../phases.ts";
import type { BatchRows } from "./batch-rows.ts";
import { readApart } from "./dataset-tensors.ts";
import type { Position } from "./position.ts";

/** Makes a batch; called when the step that will own its tensors has begun. */
export type BatchMaker<Batch> = () => Batch;

/** A batch that is not made yet. */
export type PlannedBatch<Batch> = {
  /** Fetches the samples; may run ahead of the loop. */
  readonly fetch: () => Promise<BatchMaker<Batch>>;
  /** Real samples in the batches of all ranks together; undefined if unknown. */
  readonly realSamples: number | undefined;
  /** Of this rank. */
  readonly rows: BatchRows;
  /** Where the pass stands behind it. */
  readonly after: Position;
};

export type PassOptions<Batch> = {
  /** Begins the pass: its batches in order. */
  readonly open: () => Promise<AsyncIterator<PlannedBatch<Batch>>>;
  /** A batch was asked for: the step of the one before is over. */
  readonly endStep: () => void;
  /** Runs what gets the next batch, and notes how long it takes. */
  readonly timeLoading?: <T>(run: () => Promise<T>) => Promise<T>;
  /** Called after `endStep`: what to wait for before the next batch is planned. */
  readonly betweenSteps?: () => Promise<unknown> | undefined;
  /** The batch is about to be made. */
  readonly beginStep: (batch: PlannedBatch<Batch>, isLast: boolean) => void;
  /** The pass is over; called once, and only if it was opened. */
  readonly end: () => void | Promise<void>;
  /** Batches to fetch before they are asked for. */
  readonly prefetch: number;
};

type Queued<Batch> = {
  readonly batch: PlannedBatch<Batch>;
  maker: Promise<BatchMaker<Batch>> | undefined;
};

/**
 * One iteration of a loader. It plans at least one batch ahead, to know which batch is the last; with `prefetch` the
 * samples of the next batches are fetched while the loop works.
 */
export class Pass<Batch> implements AsyncIterator<Batch, undefined> {
  readonly #options: PassOptions<Batch>;
  #plan: AsyncIterator<PlannedBatch<Batch>> | undefined;
  readonly #queue: Queued<Batch>[] = [];
  #planEnded = false;
  #isOver = false;
  /** Whether a new pass of the same loader has ended this one. */
  #isReplaced = false;
  #calls = 0;
  /** Calls wait for each other: `next` may be called again before it has resolved. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(options: PassOptions<Batch>) {
    this.#options = options;
  }

  /** Whether a batch is being made right now. */
  get isBusy(): boolean {
    return this.#calls > 0;
  }

  next(): Promise<IteratorResult<Batch, undefined>> {
    return this.#inOrder(() =>
      timedUntilSettled("loader", async () => {
        try {
          return await this.#advance();
        } catch (error) {
          await this.#finish();
          throw error;
        }
      }),
    );
  }

  return(): Promise<IteratorResult<Batch, undefined>> {
    return this.#inOrder(async () => {
      await this.#finish();
      return DONE;
    });
  }

  /** Ends the pass, which a loop seems to have left without closing it: a new pass of the same loader begins. */
  async replace(): Promise<void> {
    this.#isReplaced = !this.#isOver;
    await this.return();
  }

  async #advance(): Promise<IteratorResult<Batch, undefined>> {
    if (this.#isReplaced) {
      // Otherwise the outer one of two loops over one loader would end after its first batch, without a word.
      throw new AcceleratorError(
        "STATE_INVALID",
        "This loop over a data loader was ended by another one over the same loader, which began before it was over. Make a " +
          "second loader for the inner loop.",
      );
    }
    if (this.#isOver) return DONE;
    if (this.#plan) {
      this.#options.endStep();
      const between = this.#options.betweenSteps?.();
      if (between) await between;
    } else this.#plan = await this.#options.open();
    const { timeLoading } = this.#options;
    return timeLoading ? timeLoading(() => this.#give()) : this.#give();
  }

  async #give(): Promise<IteratorResult<Batch, undefined>> {
    await this.#fill(1);
    const current = this.#queue.shift();
    if (!current) {
      await this.#finish();
      return DONE;
    }
    const fetching = start(current);
    await this.#fill(Math.max(this.#options.prefetch, 1));
    for (const queued of this.#queue.slice(0, this.#options.prefetch)) void start(queued);
    const make = await fetching;
    this.#options.beginStep(current.batch, this.#queue.length === 0);
    return { done: false, value: make() };
  }

  /** Plans ahead until `count` batches wait. */
  async #fill(count: number): Promise<void> {
    while (!this.#planEnded && this.#queue.length < count) {
      const plan = this.#plan;
      const next = await readApart(() => plan?.next());
      if (!next || next.done) this.#planEnded = true;
      else this.#queue.push({ batch: next.value, maker: undefined });
    }
  }

  async #finish(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    if (!this.#plan) return;
    await Promise.allSettled(this.#queue.map(({ maker }) => maker)); // a fetch in progress still needs the decoder
    try {
      const plan = this.#plan;
      await readApart(() => plan.return?.()); // closes the stream that the samples come from
    } finally {
      await this.#options.end();
    }
  }

  #inOrder<T>(call: () => Promise<T>): Promise<T> {
    this.#calls += 1;
    const result = this.#tail.then(call).finally(() => {
      this.#calls -= 1;
    });
    this.#tail = result.catch(() => {}); // the caller sees the error
    return result;
  }
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

function start<Batch>(queued: Queued<Batch>): Promise<BatchMaker<Batch>> {
  queued.maker ??= readApart(queued.batch.fetch);
  queued.maker.catch(() => {}); // thrown when the batch is due
  return queued.maker;
}
