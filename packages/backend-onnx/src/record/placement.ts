import { Memory } from "../ort/memory.ts";
import type { Runtime } from "../ort/runtime.ts";
import type { BufferPool } from "./buffer-pool.ts";
import type { Storage } from "./storage.ts";

/** A JavaScript array, and the storage that was last computed in it. */
type Slot = { readonly memory: Memory; tenant: Storage | undefined };

/** Storages that are computed in arrays of JavaScript: the gradients in the bucket that replicas exchange. */
export class Placement {
  readonly #runtime: Runtime;
  readonly #pool: BufferPool;
  readonly #slots = new Map<Float32Array, Slot>();

  constructor(runtime: Runtime, pool: BufferPool) {
    this.#runtime = runtime;
    this.#pool = pool;
  }

  /**
   * Reserves an array as the output of `storage`. Works only if `storage` is not computed yet and every tensor that
   * holds it may change with the array.
   *
   * @returns whether the array will be the output.
   */
  placeIn(target: Float32Array, storage: Storage | undefined): boolean {
    const slot = this.#slots.get(target);
    if (slot) this.#vacate(slot);
    const { producer, references, awaitedReads, place } = storage ?? {};
    if (!storage || !producer || references !== 1 || awaitedReads || place) return false;
    if (this.#runtime.path !== "ffi") return false; // the binding refuses shared memory
    const memory = slot?.memory ?? Memory.over(target);
    storage.place = memory;
    this.#slots.set(target, { memory, tenant: storage });
    return true;
  }

  /** Moves all values out of the arrays, so that they can be written. */
  vacate(): void {
    for (const slot of this.#slots.values()) this.#vacate(slot);
  }

  clear(): void {
    for (const { memory } of this.#slots.values()) this.#runtime.forget(memory);
    this.#slots.clear();
  }

  /** A storage that is still needed moves to its own memory; one that is not computed yet will be computed there. */
  #vacate(slot: Slot): void {
    const { tenant } = slot;
    slot.tenant = undefined;
    if (!tenant) return;
    const isThere = tenant.memory === slot.memory;
    tenant.place = undefined;
    if (!isThere) return;
    tenant.memory = undefined;
    if (tenant.isUnused) return;
    tenant.memory = this.#pool.take(tenant.size * Float32Array.BYTES_PER_ELEMENT);
    const values = slot.memory.view("float32", tenant.size) as Float32Array;
    tenant.memory.view("float32", tenant.size).set(values);
  }
}
