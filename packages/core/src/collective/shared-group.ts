import { AcceleratorError } from "../errors.ts";
import { clockBytes } from "../rank-clock.ts";
import { ControlBlock, controlBytes, REASON } from "./control-block.ts";
import { placesBytes } from "./rank-places.ts";

/**
 * The memory of a group of replicas: plain data that is posted to every thread. Where a run has several hosts, each has one
 * for its own replicas, with room for what it knows of the others.
 */
export type SharedGroup = {
  /** Where ranks exchange data. Grows on demand. */
  readonly memory: WebAssembly.Memory;
  /** Where ranks keep what all of them see, such as the copy of a state that is to be saved. Grows on demand. */
  readonly area: WebAssembly.Memory;
  /** Barrier cells and headers. */
  readonly control: SharedArrayBuffer;
  /** Where each rank stands. */
  readonly places: SharedArrayBuffer;
  /** How each rank spends its time. */
  readonly clock: SharedArrayBuffer;
  /** Replicas of all hosts. */
  readonly worldSize: number;
  /** The rank of the first replica of this host, whose ranks follow each other. */
  readonly firstRank: number;
  readonly localWorldSize: number;
  /** Longest wait for the other ranks. */
  readonly timeoutMs: number;
  /** Whether every collective notes the line of the script that calls it, for errors. */
  readonly debug: boolean;
};

/** 4 GiB, the largest memory of WebAssembly. This reserves addresses only; memory is taken when it is used. */
export const MAX_PAGES = 65536;

/** Cells that all ranks see. */
export const SHARED_CELLS = 1024;

export type GroupOptions = {
  readonly timeoutMs: number;
  readonly debug?: boolean;
  /** The replicas of this host, if there are others. */
  readonly firstRank?: number;
  readonly localWorldSize?: number;
};

/** Makes the memory of a group. Called by the host. */
export function createSharedGroup(
  worldSize: number,
  { timeoutMs, debug = false, firstRank = 0, localWorldSize = worldSize }: GroupOptions,
): SharedGroup {
  if (!Number.isInteger(worldSize) || worldSize < 1) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      `worldSize must be an integer of at least 1, got ${worldSize}.`,
    );
  }
  return {
    memory: new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES, shared: true }),
    area: new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES, shared: true }),
    control: new SharedArrayBuffer(controlBytes(worldSize)),
    places: new SharedArrayBuffer(placesBytes(worldSize)),
    clock: new SharedArrayBuffer(clockBytes(worldSize)),
    ...{ worldSize, firstRank, localWorldSize },
    timeoutMs,
    debug,
  };
}

/** The ranks of this host. */
export function localRanks({ firstRank, localWorldSize }: SharedGroup): number[] {
  return Array.from({ length: localWorldSize }, (_, index) => firstRank + index);
}

/**
 * Ends a group because a replica failed: every rank that waits in a collective wakes up and throws, and every later
 * operation throws. The first reason is kept. Never blocks.
 */
export function abortGroup({ control, worldSize }: SharedGroup, message: string): void {
  new ControlBlock(control, worldSize).end(REASON.aborted, message);
}
