import { Memory } from "../ort/memory.ts";
import type { Runtime } from "../ort/runtime.ts";
import type { BufferPool } from "./buffer-pool.ts";
import type { Storage } from "./storage.ts";

/** An array of JavaScript, and the storage that was last computed there. */
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
   * Makes an array free to be written, and has `storage` computed there if it can be: it is to be computed
   * yet, and what changes the array may change every tensor that holds it. @returns whether it will be.
   */
  placeIn(target: Float32Array, storage: Storage | undefined): boolean {
    const slot = this.#slots.get(target);
    if (slot) this.#vacate(slot);
    const { producer, references, awaitedReads, place } = storage ?? {};
    if (!storage || !producer || references !== 1 || awaitedReads || place) return false;
    if (this.#runtime.path !== "ffi") return false; // the binding takes no memory that threads share
    const memory = slot?.memory ?? Memory.over(target);
    storage.place = memory;
    this.#slots.set(target, { memory, tenant: storage });
    return true;
  }

  /** Makes all arrays free to be written. */
  vacate(): void {
    for (const slot of this.#slots.values()) this.#vacate(slot);
  }

  clear(): void {
    for (const { memory } of this.#slots.values()) this.#runtime.forget(memory);
    this.#slots.clear();
  }

  /** A tenant that something needs moves to memory of its own; what is to be computed yet goes there. */
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
