import { AcceleratorError } from "../errors.ts";
import { controlBytes, DEAD, REASON, REASON_RANK, ROUND, writeMessage } from "./control-block.ts";

/** The memory of a group of replicas: plain data that is posted to every thread. */
export type SharedGroup = {
  /** Where ranks exchange data. Grows on demand. */
  readonly memory: WebAssembly.Memory;
  /** Barrier cells and headers. */
  readonly control: SharedArrayBuffer;
  readonly worldSize: number;
  /** Longest wait for the other ranks. */
  readonly timeoutMs: number;
};

/** 4 GiB, the address space of WebAssembly; reserved, not used. */
export const MAX_PAGES = 65536;

/** Makes the memory of a group. Called by the host. */
export function createSharedGroup(
  worldSize: number,
  { timeoutMs }: { readonly timeoutMs: number },
): SharedGroup {
  if (!Number.isInteger(worldSize) || worldSize < 1) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      `worldSize must be an integer of at least 1, got ${worldSize}.`,
    );
  }
  return {
    memory: new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES, shared: true }),
    control: new SharedArrayBuffer(controlBytes(worldSize)),
    worldSize,
    timeoutMs,
  };
}

/**
 * Ends a group because a replica failed: whoever waits inside it wakes up and throws, and every later
 * operation throws. The first reason stays. Never blocks.
 */
export function abortGroup(
  group: SharedGroup,
  reason: { readonly rank: number; readonly message: string },
): void {
  endGroup(new Int32Array(group.control), REASON.aborted, reason);
}

/** Marks the group as dead, once, and wakes every waiter. */
export function endGroup(
  cells: Int32Array,
  kind: (typeof REASON)[keyof typeof REASON],
  { rank, message }: { readonly rank: number; readonly message: string },
): void {
  // The message must be in place before the flag that says to read it, so a claim goes first.
  if (Atomics.compareExchange(cells, DEAD, 0, CLAIMED) === 0) {
    cells[REASON_RANK] = rank;
    writeMessage(cells, message);
    Atomics.store(cells, DEAD, kind);
  }
  Atomics.add(cells, ROUND, 1); // waiters sleep on the round
  Atomics.notify(cells, ROUND);
}

/** Some thread is about to write the reason. */
export const CLAIMED = -1;
