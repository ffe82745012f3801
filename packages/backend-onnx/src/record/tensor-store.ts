import type { BackendValues, DataId, DataType } from "@tensorflow/tfjs-core";
import { ARRAY_TYPES, isNumeric, type NumericArray } from "../tensor-spec.ts";
import type { BufferPool } from "./buffer-pool.ts";
import { memoryOf } from "./plan.ts";
import { Storage } from "./storage.ts";

/** The storages of all tensors that are alive, by the identity that tfjs gives their data. */
export class TensorStore {
  readonly #pool: BufferPool;
  readonly #storages = new WeakMap<DataId, Storage>();
  #size = 0;

  constructor(pool: BufferPool) {
    this.#pool = pool;
  }

  /** Number of storages. */
  get size(): number {
    return this.#size;
  }

  get(dataId: DataId): Storage | undefined {
    return this.#storages.get(dataId);
  }

  add(storage: Storage, dataId: DataId = {}): DataId {
    this.#storages.set(dataId, storage);
    this.#size += 1;
    return dataId;
  }

  /** Puts another storage in the place of one that is there. */
  replace(dataId: DataId, storage: Storage): void {
    this.#storages.set(dataId, storage);
  }

  remove(dataId: DataId): void {
    if (this.#storages.delete(dataId)) this.#size -= 1;
  }

  /** A storage with a copy of these values, which the caller may go on to change. */
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

  /** A storage of one number that no tensor holds: it goes with the call that reads it. */
  createScalar(dtype: keyof typeof ARRAY_TYPES, value: number): Storage {
    const storage = new Storage(dtype, 1);
    storage.references = 0;
    storage.scalar = toNumber(dtype, value);
    return storage;
  }

  /** The values of a storage that are computed; shared with it. */
  valuesOf(storage: Storage): NumericArray {
    const { dtype, size } = storage;
    if (!isNumeric(dtype)) throw new Error(`A tensor of ${dtype} has no numbers.`);
    return memoryOf(storage, this.#pool).view(dtype, size);
  }
}

/** As a tensor of this type stores it. */
function toNumber(dtype: keyof typeof ARRAY_TYPES, value: number): number {
  return ARRAY_TYPES[dtype].from([value])[0] as number;
}
