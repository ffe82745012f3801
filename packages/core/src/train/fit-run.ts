import { keep, type Scalar, scalar, type Tensor } from "@tensorflow/tfjs-core";

/** Where a call of `fit` or `fitDataset` is, in state.json. */
export type SavedFitRun = {
  /** What the call must have alike to go on. */
  readonly facts: FitFacts;
  readonly epoch: number;
  /** Losses and metrics of the batches of this epoch that are trained. */
  readonly values: readonly (readonly number[])[];
  /** Batches that the call has trained in earlier epochs. */
  readonly batches: number;
  /** The order of the samples in the epoch whose first batch was trained last; undefined for a dataset. */
  readonly order: Int32Array | undefined;
};

export type FitFacts = { readonly [name: string]: number | boolean | string | null | undefined };

/**
 * One call of `fit` or `fitDataset`: where it is. One that goes on in the middle of an epoch gets the batches before that place from
 * tfjs once more, and gives back the values that they had: so the means of the epoch are those of the whole of it.
 */
export class FitRun {
  readonly model: object;
  readonly facts: FitFacts;
  /** The first epoch to train. */
  readonly initialEpoch: number;
  /** Where the call goes on from a checkpoint; undefined if it begins. */
  readonly resumed: SavedFitRun | undefined;
  /** The order of the samples now. */
  order: Int32Array | undefined;
  #epoch: number;
  /** Of this epoch. Tensors are read when a state is saved: reading each at once would make a lazy backend wait. */
  #values: (readonly number[] | readonly Tensor[])[] = [];
  /** Values of this epoch that are replayed. */
  #replayed = 0;
  /** The batch that is begun or trained, until all callbacks have seen its end. */
  #batch = 0;
  #earlierBatches: number;
  /** Whether nothing but callbacks is left of this epoch. */
  #isEpochOver = false;

  constructor(
    { model, facts }: { readonly model: object; readonly facts: FitFacts },
    initialEpoch: number,
    resumed?: SavedFitRun,
  ) {
    this.model = model;
    this.facts = facts;
    this.resumed = resumed;
    this.initialEpoch = initialEpoch;
    this.order = resumed?.order;
    this.#epoch = initialEpoch;
    this.#earlierBatches = resumed?.batches ?? 0;
    this.#values = [...(resumed?.values ?? [])];
  }

  /** The epoch that is trained; the next one if only callbacks of this one are left. */
  get epoch(): number {
    return this.#epoch + (this.#isEpochOver ? 1 : 0);
  }

  /** Batches that this call has trained, also before it was interrupted. */
  get batches(): number {
    return this.#earlierBatches + this.#values.length;
  }

  /** Whether the batch that callbacks see now was trained before the checkpoint. */
  get isReplaying(): boolean {
    return this.#batch < this.#replayed;
  }

  beginEpoch(epoch: number): void {
    const goesOn = this.resumed !== undefined && epoch === this.initialEpoch;
    if (!goesOn) {
      this.#earlierBatches += this.#values.length;
      this.#forget();
    }
    this.#epoch = epoch;
    this.#replayed = goesOn ? this.#values.length : 0;
    this.#batch = 0;
    this.#isEpochOver = false;
  }

  /** The values of a batch: those that it had, or those of `train`, which are noted. */
  next(train: () => Scalar[]): Scalar[] {
    if (this.isReplaying) return (this.#values[this.#batch] as number[]).map((one) => scalar(one));
    const values = train();
    this.#values.push(values.map((value) => keep(value.clone())));
    return values;
  }

  /** All callbacks but the last one have seen the end of a batch. */
  endBatch(): void {
    this.#batch += 1;
  }

  /** The epoch has no further batch. */
  endData(): void {
    this.#isEpochOver = true;
  }

  end(): void {
    this.#forget();
  }

  save(): SavedFitRun {
    const { facts, order, epoch } = this;
    this.#values = this.#values.map((values) => values.map(numberOf));
    const isOver = this.#isEpochOver;
    const values = isOver ? [] : ([...this.#values] as number[][]);
    return { facts, epoch, values, batches: this.batches - values.length, order: order?.slice() };
  }

  #forget(): void {
    for (const value of this.#values.flat()) if (typeof value !== "number") value.dispose();
    this.#values = [];
  }
}

function numberOf(value: number | Tensor): number {
  if (typeof value === "number") return value;
  const number = value.dataSync()[0] as number;
  value.dispose();
  return number;
}
