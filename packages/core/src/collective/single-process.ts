import { AcceleratorError } from "../errors.ts";
import type { Collective, NumericArray, ReduceOp } from "./collective.ts";
import { LocalSupervision } from "./local-supervision.ts";
import { cloneBytes, unpackBytes } from "./object-bytes.ts";
import { SHARED_CELLS } from "./shared-group.ts";
import type { Supervision } from "./supervision.ts";

/** The group of a run with one replica: every operation is the identity. Callers need no special case for it. */
export class SingleProcess implements Collective {
  readonly rank = 0;
  readonly worldSize = 1;
  readonly localRank = 0;
  readonly localWorldSize = 1;
  readonly supervision: Supervision = new LocalSupervision();

  readonly cells: Int32Array = new Int32Array(new SharedArrayBuffer(4 * SHARED_CELLS));
  #area = new Uint8Array(new SharedArrayBuffer(0));

  barrier(): void {}

  share(byteLength: number): Uint8Array {
    if (this.#area.byteLength < byteLength) {
      this.#area = new Uint8Array(new SharedArrayBuffer(byteLength));
    }
    return this.#area.subarray(0, byteLength);
  }

  allocate(length: number): Float32Array {
    return new Float32Array(length);
  }

  allocateHalf(length: number): Uint16Array {
    return new Uint16Array(length);
  }

  release(): void {}

  averageHalf(): void {}

  allReduce(buffer: Float32Array | Int32Array, op: ReduceOp): void {
    requireReducible(buffer, op);
  }

  broadcast(): void {}

  allGather<T extends NumericArray>(buffer: T): T[] {
    return [buffer.slice() as T];
  }

  allGatherObject<T>(value: T): T[] {
    return [this.broadcastObject(value)];
  }

  broadcastObject<T>(value: T): T {
    return unpackBytes(cloneBytes(value)) as T; // what cannot cross threads fails here too
  }
}

/** @throws {AcceleratorError} `OPTION_INVALID` for the mean of integers, which has no exact answer. */
export function requireReducible(buffer: Float32Array | Int32Array, op: ReduceOp): void {
  if (op !== "mean" || buffer instanceof Float32Array) return;
  throw new AcceleratorError(
    "OPTION_INVALID",
    "The mean of int32 values is not defined: reduce float32 values, or use sum.",
  );
}
