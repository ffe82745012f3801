import type * as Koffi from "koffi";
import { slotEmptier, slotsOf } from "./handle-slots.ts";
import { PLACES, requireFrom } from "./locate-library.ts";

const emptySlot = slotEmptier(requireFrom("koffi", PLACES) as typeof Koffi);

/** Frees the native objects of a thread that is gone. Loaded by the host of replicas, not by this package. */
export function release(register: SharedArrayBuffer): void {
  for (const slot of slotsOf(register)) emptySlot(slot);
}
