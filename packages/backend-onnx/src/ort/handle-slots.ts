import type * as Koffi from "koffi";

/** A slot is two addresses: of what was made, or 0, and of the function that frees it. */
const POINTER = 0;
const RELEASER = 1;
const WORDS = 2;
const SLOT_BYTES = WORDS * BigUint64Array.BYTES_PER_ELEMENT;

/** Holds one native object, in memory that outlives its thread. */
export type Slot = BigUint64Array<SharedArrayBuffer>;

export function createRegister(numSlots: number): SharedArrayBuffer {
  return new SharedArrayBuffer(numSlots * SLOT_BYTES);
}

export function slotsOf(register: SharedArrayBuffer): Slot[] {
  return Array.from(
    { length: register.byteLength / SLOT_BYTES },
    (_, i) => new BigUint64Array(register, i * SLOT_BYTES, WORDS),
  );
}

/**
 * Makes a native object in an empty slot. The native code itself writes its address there, so the
 * address is never lost if the thread is killed.
 *
 * @param make writes the address to the beginning of the array it gets.
 */
export function fillSlot(
  slot: Slot,
  releaser: bigint,
  make: (result: BigUint64Array) => void,
): bigint {
  slot[RELEASER] = releaser;
  try {
    make(slot);
  } catch (error) {
    slot[POINTER] = 0n;
    throw error;
  }
  return slot[POINTER] as bigint;
}

/** A function that frees what a slot holds, if anything. */
export function slotEmptier(koffi: typeof Koffi): (slot: Slot) => void {
  koffi.load(null); // prepares what `call` needs in a thread that has loaded no library
  const releaserType = koffi.proto("void", ["void*"]);
  return (slot) => {
    const pointer = slot[POINTER];
    if (!pointer) return;
    slot[POINTER] = 0n; // first: if the thread is killed now, a leak is better than a double free
    koffi.call(slot[RELEASER], releaserType, pointer);
  };
}
