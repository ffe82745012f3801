import type { BackendValues, DataId, DataType } from "@tensorflow/tfjs-core";
import { ARRAY_TYPES, isNumeric, type NumericArray } from "../tensor-spec.ts";
import type { BufferPool } from "./buffer-pool.ts";
import { memoryOf } from "./plan.ts";
import { Storage } from "./storage.ts";

/** A property, because weak maps of many entries keep the garbage collector busy. */
const STORAGE = Symbol("storage");
type TensorData = { [STORAGE]?: Storage | undefined };

/** The storages of all tensors that are alive, by the identity that tfjs gives their data. */
export class TensorStore {
  readonly #pool: BufferPool;
  #size = 0;

  constructor(pool: BufferPool) {
    this.#pool = pool;
  }

  /** Number of storages. */
  get size(): number {
    return this.#size;
  }

  get(dataId: DataId): Storage | undefined {
    return (dataId as TensorData)[STORAGE];
  }

  add(storage: Storage, dataId: DataId = { [STORAGE]: storage }): DataId {
    (dataId as TensorData)[STORAGE] = storage;
    this.#size += 1;
    return dataId;
  }

  /** Replaces the storage of a tensor. */
  replace(dataId: DataId, storage: Storage): void {
    (dataId as TensorData)[STORAGE] = storage;
  }

  remove(dataId: DataId): void {
    const data = dataId as TensorData;
    if (!data[STORAGE]) return;
    data[STORAGE] = undefined;
    this.#size -= 1;
  }

  /** A storage with a copy of these values, which the caller may change afterwards. */
  create(dtype: DataType, values: BackendValues): Storage {
    const storage = new Storage(dtype, values.length);
    if (!isNumeric(dtype)) storage.hostValues = values;
    else if (values.length === 1) storage.scalar = toNumber(dtype, values[0] as number);
    else {
      const { BYTES_PER_ELEMENT } = ARRAY_TYPES[dtype];
      storage.memory = this.#pool.take(values.length * BYTES_PER_ELEMENT);
      storage.memory.view(dtype, values.length).set(values as NumericArray);
    }
    return storage;
  }

  /** A storage of one number that no tensor holds: it is freed with the call that reads it. */
  createScalar(dtype: keyof typeof ARRAY_TYPES, value: number): Storage {
    const storage = new Storage(dtype, 1);
    storage.references = 0;
    storage.scalar = toNumber(dtype, value);
    return storage;
  }

  /** The values of a storage that are computed; shared with it, and valid until a tensor is made. */
  valuesOf(storage: Storage): NumericArray {
    const { dtype, size } = storage;
    if (!isNumeric(dtype)) throw new Error(`A tensor of ${dtype} has no numbers.`);
    if (storage.heap && !storage.memory) return storage.heap.view(dtype, size);
    return memoryOf(storage, this.#pool).view(dtype, size);
  }
}

/** The number as a tensor of this type stores it. */
function toNumber(dtype: keyof typeof ARRAY_TYPES, value: number): number {
  return ARRAY_TYPES[dtype].from([value])[0] as number;
}
