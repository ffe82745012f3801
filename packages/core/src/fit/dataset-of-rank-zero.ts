import { type DataType, slice, type Tensor, tensor } from "@tensorflow/tfjs-core";
import type { Collective, NumericArray } from "../collective/collective.ts";
import { errorOf, type Fault, faultOf } from "../fault.ts";
import { replaceTensors } from "../train/tensor-template.ts";
import type { FitData, FitDataset } from "./layers-model.ts";

/** What rank 0 sends. In a batch a Map stands for each tensor: a batch itself has arrays and plain objects only. */
type Delivery =
  | { readonly kind: "batch"; readonly batch: unknown }
  | { readonly kind: "end" }
  | { readonly kind: "error"; readonly fault: Fault };

type Iterator = Awaited<ReturnType<FitDataset["iterator"]>>;

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
    const isReader = this.#collective.rank === 0;
    // Even if it is never read: a dataset with a seeded shuffle counts its iterators, as on one replica.
    const opened = isReader ? this.#dataset.iterator() : undefined;
    opened?.catch(() => {}); // reported where the first batch is asked for
    return {
      next: async () => {
        let error: unknown;
        const item = await opened
          ?.then((iterator) => iterator.next())
          .catch((reason) => {
            error = reason ?? new Error("unknown");
            return undefined;
          });
        const value = await this.#share(item?.value, error);
        return { value, done: value === null };
      },
    };
  }

  /** @returns the batch of rank 0; null at the end. */
  async #share(value: unknown, error: unknown): Promise<unknown> {
    const { rank } = this.#collective;
    const tensors: Tensor[] = [];
    let own: Delivery = { kind: "end" };
    if (error !== undefined) own = { kind: "error", fault: faultOf(error, "DATA_INVALID") };
    else if (value !== undefined && value !== null) {
      const describe = (part: Tensor) => {
        tensors.push(part);
        return new Map<string, unknown>([
          ["shape", part.shape],
          ["dtype", part.dtype],
        ]);
      };
      own = { kind: "batch", batch: replaceTensors(value, describe) };
    }
    const values = await Promise.all(tensors.map((part) => part.data()));
    const delivery = this.#collective.broadcastObject(own, 0, CALL);
    if (delivery.kind === "end") return null;
    if (delivery.kind === "error") {
      if (rank === 0) throw error;
      const { code, message } = delivery.fault;
      throw errorOf({ code, message: `Rank 0 could not read the dataset: ${message}` });
    }
    for (const part of values) this.#collective.broadcast(part as NumericArray, 0, CALL);
    return rank === 0 ? value : replaceTensors(delivery.batch, same, (part) => this.#receive(part));
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
