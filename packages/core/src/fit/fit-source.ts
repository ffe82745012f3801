import { dispose, type TensorContainer } from "@tensorflow/tfjs-core";
import type { FitRun } from "../train/fit-run.ts";
import type { FitArgs, FitDataset } from "./layers-model.ts";

type Iterator = Awaited<ReturnType<FitDataset["iterator"]>>;

/**
 * The dataset of `fitDataset`, from the epoch on in which the training goes on. Batches of earlier epochs are read and dropped if one
 * iterator gives those of all epochs; else each epoch has the iterator that it would have had.
 */
export class FitSource implements FitDataset {
  readonly #dataset: FitDataset;
  readonly #run: FitRun;
  readonly #args: FitArgs;
  #isOpened = false;

  constructor(dataset: FitDataset, run: FitRun, args: FitArgs) {
    this.#dataset = dataset;
    this.#run = run;
    this.#args = args;
  }

  get size(): number {
    return this.#dataset.size ?? Number.NaN;
  }

  async iterator(): Promise<Iterator> {
    const { initialEpoch = 0, batchesPerEpoch } = this.#args;
    const earlier = this.#isOpened ? 0 : this.#run.initialEpoch - initialEpoch;
    this.#isOpened = true;
    const hasOneIterator = batchesPerEpoch !== undefined && batchesPerEpoch !== null;
    if (!hasOneIterator) for (let i = 0; i < earlier; i++) await this.#dataset.iterator();
    const iterator = await this.#dataset.iterator();
    if (hasOneIterator) await drop(iterator, earlier * batchesPerEpoch);
    return {
      next: async () => {
        const item = await iterator.next();
        if (item.done) this.#run.endData();
        return item;
      },
    };
  }
}

async function drop(iterator: Iterator, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const { value, done } = await iterator.next();
    if (done) return;
    dispose(value as TensorContainer);
  }
}
