import {
  type DataId,
  type DataMover,
  DataStorage,
  type KernelBackend,
} from "@tensorflow/tfjs-core";

/**
 * What a backend keeps about its tensors, as a property of their identities. tfjs uses a weak map, and weak maps of
 * many entries that come and go keep the garbage collector busy.
 */
export class DataTable<T> extends DataStorage<T> {
  readonly #entry = Symbol("entry");
  readonly #backend: KernelBackend;
  readonly #mover: DataMover;
  #size = 0;

  constructor(backend: KernelBackend, mover: DataMover) {
    super(backend, mover);
    this.#backend = backend;
    this.#mover = mover;
  }

  override get(dataId: DataId): T {
    if (!this.has(dataId)) this.#mover.moveData(this.#backend, dataId);
    return (dataId as Entries<T>)[this.#entry] as T;
  }

  override set(dataId: DataId, entry: T): void {
    this.#size += 1;
    (dataId as Entries<T>)[this.#entry] = entry;
  }

  override has(dataId: DataId): boolean {
    return (dataId as Entries<T>)[this.#entry] !== undefined;
  }

  override delete(dataId: DataId): boolean {
    this.#size -= 1;
    const isThere = this.has(dataId);
    (dataId as Entries<T>)[this.#entry] = undefined;
    return isThere;
  }

  override numDataIds(): number {
    return this.#size;
  }
}

type Entries<T> = Record<symbol, T | undefined>;
