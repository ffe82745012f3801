import { extname } from "node:path";
import { isMainThread } from "node:worker_threads";
import { releaseAfterThread, runUninterrupted } from "@acc/core";
import type * as Koffi from "koffi";
import { createRegister, fillSlot, type Slot, slotEmptier, slotsOf } from "./handle-slots.ts";

const SLOTS_PER_REGISTER = 1024;
/** The compiler does not change this URL: it is the source file in src and the built file in dist. */
const RELEASER = new URL(`./release${extname(import.meta.url)}`, import.meta.url).href;

/** A native object; its creator releases it. */
export type NativeHandle = { readonly pointer: bigint; release(): void };

/**
 * The native objects of this thread. None outlives the thread: the rest is released when the thread exits or, if it
 * was killed, by the host of the replica.
 */
export class NativeHandles {
  readonly #emptySlot: (slot: Slot) => void;
  readonly #slots: Slot[] = [];
  readonly #idle: Slot[] = [];

  constructor(koffi: typeof Koffi) {
    const emptySlot = slotEmptier(koffi);
    this.#emptySlot = (slot) => runUninterrupted(() => emptySlot(slot));
    if (isMainThread) return; // the process ends with it
    process.on("exit", () => {
      for (const slot of this.#slots) this.#emptySlot(slot);
    });
  }

  /**
   * @param releaser address of the function that frees the object.
   * @param make writes the object's address to the beginning of the array it gets.
   */
  create(releaser: bigint, make: (result: BigUint64Array) => void): NativeHandle {
    const slot = this.#idle.pop() ?? this.#addRegister();
    let isReleased = false;
    const release = (): void => {
      if (isReleased) return;
      isReleased = true;
      this.#emptySlot(slot);
      this.#idle.push(slot);
    };
    try {
      return { pointer: fillSlot(slot, releaser, make), release };
    } catch (error) {
      this.#idle.push(slot);
      throw error;
    }
  }

  #addRegister(): Slot {
    const register = createRegister(SLOTS_PER_REGISTER);
    releaseAfterThread({ releaser: RELEASER, register });
    const slots = slotsOf(register);
    this.#slots.push(...slots);
    this.#idle.push(...slots);
    return this.#idle.pop() as Slot;
  }
}
