import { type DataType, slice, type Tensor, tensor } from "@tensorflow/tfjs-core";
import type { Collective, NumericArray } from "../collective/collective.ts";
import { errorOf, type Fault, faultOf } from "../fault.ts";
import { replaceTensors } from "../train/tensor-template.ts";
import type { FitData, FitDataset } from "./layers-model.ts";

/** What rank 0 sends. In a batch a Map stands for each tensor: a batch itself has arrays and plain objects only. */
type Delivery =
  // As tfjs reads it: the last batch may come together with `done`.
  | { readonly kind: "item"; readonly batch: unknown; readonly done: boolean }
  | { readonly kind: "error"; readonly fault: Fault };

type Iterator = Awaited<ReturnType<FitDataset["iterator"]>>;
type Item = Awaited<ReturnType<Iterator["next"]>>;

const CALL = "fitDataset: next batch";

/**
 * The batches of rank 0 on every rank: a dataset that shuffles gives each rank other ones. Only rank 0 reads. Tensors belong
 * to the caller.
 */
export class DatasetOfRankZero implements FitDataset {
  readonly #dataset: FitDataset;
  readonly #collective: Collective;

  constructor(dataset: FitDataset, collective: Collective) {
    this.#dataset = dataset;
    this.#collective = collective;
  }

  get size(): number {
    return this.#dataset.size ?? Number.NaN;
  }

  async iterator(): Promise<Iterator> {
    if (this.#collective.rank > 0) return { next: async () => this.#receiveItem() };
    // At once, as tfjs does: a dataset that shuffles draws its order here, also for an iterator that is not read.
    const [opened] = await Promise.allSettled([(async () => this.#dataset.iterator())()]);
    const read = async () => {
      if (opened.status === "rejected") throw opened.reason;
      return opened.value.next();
    };
    return { next: () => this.#send(read()) };
  }

  async #send(reading: Promise<Item>): Promise<Item> {
    const [read] = await Promise.allSettled([reading]);
    if (read.status === "rejected") {
      this.#deliver({ kind: "error", fault: faultOf(read.reason, "DATA_INVALID") });
      throw read.reason;
    }
    const { value, done } = read.value;
    const tensors: Tensor[] = [];
    const describe = (part: Tensor) => {
      tensors.push(part);
      return new Map<string, unknown>([
        ["shape", part.shape],
        ["dtype", part.dtype],
      ]);
    };
    const batch = replaceTensors(value, describe);
    const values = await Promise.all(tensors.map((part) => part.data()));
    this.#deliver({ kind: "item", batch, done: Boolean(done) });
    for (const part of values) this.#collective.broadcast(part as NumericArray, 0, CALL);
    return read.value;
  }

  #receiveItem(): Item {
    const delivery = this.#deliver();
    if (delivery.kind === "error") {
      const { code, message } = delivery.fault;
      throw errorOf({ code, message: `Rank 0 could not read the dataset: ${message}` });
    }
    const value = replaceTensors(delivery.batch, same, (part) => this.#receive(part));
    return { value, done: delivery.done };
  }

  /** @returns what rank 0 gives. */
  #deliver(own?: Delivery): Delivery {
    return this.#collective.broadcastObject(own, 0, CALL) as Delivery;
  }

  #receive(part: unknown): unknown {
    if (!(part instanceof Map)) return part;
    const shape = part.get("shape") as number[];
    const dtype = part.get("dtype") as DataType;
    const length = shape.reduce((product, size) => product * size, 1);
    const Type = { int32: Int32Array, bool: Uint8Array }[dtype as string] ?? Float32Array;
    const values = new Type(length);
    this.#collective.broadcast(values, 0, CALL);
    return tensor(values, shape, dtype);
  }
}

/** Batches of tensors in their order, as validation data of `fitDataset`. The caller keeps the tensors. */
export function batchesOf(xs: FitData, ys: FitData, batchSize: number): FitDataset {
  const [first] = [xs].flatMap((data) => (isTensor(data) ? [data] : Object.values(data)));
  const numSamples = first?.shape[0] ?? 0;
  return {
    size: Math.ceil(numSamples / batchSize),
    iterator: async () => {
      let start = 0;
      return {
        next: async () => {
          if (start >= numSamples) return { value: null, done: true };
          const rows = (part: Tensor) =>
            slice(part, start, Math.min(batchSize, numSamples - start));
          const value = { xs: replaceTensors(xs, rows), ys: replaceTensors(ys, rows) };
          start += batchSize;
          return { value, done: false };
        },
      };
    },
  };
}

function isTensor(data: FitData): data is Tensor {
  return Array.isArray((data as Tensor).shape);
}

const same = (part: Tensor): Tensor => part;
