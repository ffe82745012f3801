import { AcceleratorError, messageOf } from "../errors.ts";
import { Barrier } from "./barrier.ts";
import { callSite } from "./call-site.ts";
import {
  DTYPES,
  describeCalls,
  nameRanks,
  OPERATIONS,
  type Operation,
  REDUCE_OPS,
} from "./call-text.ts";
import type { Collective, NumericArray, ReduceOp } from "./collective.ts";
import { ControlBlock, type Header, REASON } from "./control-block.ts";
import { describePlace } from "./describe-places.ts";
import type { HalfFormat } from "./half-precision.ts";
import { cloneBytes, unpackBytes } from "./object-bytes.ts";
import { RankPlaces } from "./rank-places.ts";
import { createReduceKernel, type ReduceKernel, type SlotRange } from "./reduce-kernel.ts";
import { SHARED_CELLS, type SharedGroup } from "./shared-group.ts";
import { SharedSupervision } from "./shared-supervision.ts";
import { requireReducible } from "./single-process.ts";
import { type Region, SlotMemory } from "./slot-memory.ts";

/** Rounds of a copied operation move at most this much per rank, which bounds the memory of the group. */
const SCRATCH_BYTES = 16 * 1024 * 1024;

/**
 * The group of replicas on the worker threads of one process. Data is exchanged through slots, one per
 * rank, in shared memory: a rank writes its own slot, all meet, every rank works on its share of all slots.
 */
export class SharedMemory implements Collective {
  readonly rank: number;
  readonly worldSize: number;
  readonly supervision: SharedSupervision;
  readonly #control: ControlBlock;
  readonly #places: RankPlaces;
  readonly #debug: boolean;
  readonly #barrier: Barrier;
  readonly cells: Int32Array;
  readonly #memory: SlotMemory;
  readonly #area: SlotMemory;
  #shared: Region = { base: 0, stride: 0, wasUsed: false };
  readonly #kernel: ReduceKernel;
  readonly #timeoutMs: number;
  readonly #allocated = new WeakMap<NumericArray | Uint16Array, Region>();

  /** @param createKernel for tests: the kernel is otherwise chosen for the machine. */
  constructor(
    group: SharedGroup,
    rank: number,
    createKernel: (memory: WebAssembly.Memory) => ReduceKernel = createReduceKernel,
  ) {
    this.rank = rank;
    this.worldSize = group.worldSize;
    this.#control = new ControlBlock(group.control, group.worldSize);
    this.supervision = new SharedSupervision(this.#control, rank, group.worldSize);
    this.#places = new RankPlaces(group.places, group.worldSize);
    this.#debug = group.debug;
    this.#barrier = new Barrier(this.#control.cells, group.worldSize);
    this.#memory = new SlotMemory(group.memory, rank, group.worldSize, () => this.#meet());
    this.#area = new SlotMemory(group.area, rank, 1, () => this.#meet());
    this.cells = this.#area.view(this.#area.reserve(4 * SHARED_CELLS), 0, Int32Array, SHARED_CELLS);
    this.#kernel = createKernel(group.memory);
    this.#timeoutMs = group.timeoutMs;
  }

  /** This rank makes no more calls: ranks that wait for it, now or later, throw `COLLECTIVE_RANK_ENDED`. */
  leave(): void {
    this.#control.leave(this.rank);
  }

  barrier(call = "barrier"): void {
    this.#begin("barrier", { call });
  }

  allocate(length: number, call = "allocate"): Float32Array {
    this.#begin("allocate", { count: length, call });
    const region = this.#memory.reserve(length * Float32Array.BYTES_PER_ELEMENT);
    const buffer = this.#memory.view(region, this.rank, Float32Array, length);
    if (region.wasUsed) buffer.fill(0);
    this.#allocated.set(buffer, region);
    return buffer;
  }

  allocateHalf(length: number, format: HalfFormat, call = "allocate"): Uint16Array {
    this.#begin("allocate", { count: length, dtype: DTYPES.indexOf(format), call });
    const region = this.#memory.reserve(length * Uint16Array.BYTES_PER_ELEMENT);
    const buffer = this.#memory.view(region, this.rank, Uint16Array, length);
    if (region.wasUsed) buffer.fill(0);
    this.#allocated.set(buffer, region);
    return buffer;
  }

  release(buffer: Float32Array | Uint16Array, call = "release"): void {
    const region = this.#allocated.get(buffer);
    this.#begin("release", { count: buffer.length, parameter: region?.base ?? -1, call });
    if (!region) return;
    this.#allocated.delete(buffer);
    this.#memory.release(region);
  }

  share(byteLength: number, call = "share"): Uint8Array {
    this.#begin("share", { count: byteLength, call });
    if (byteLength > this.#shared.stride) {
      if (this.#shared.stride > 0) this.#area.release(this.#shared);
      this.#shared = { base: 0, stride: 0, wasUsed: false };
      this.#shared = this.#area.reserve(byteLength);
    }
    return this.#area.view(this.#shared, 0, Uint8Array, byteLength);
  }

  allReduce(buffer: Float32Array | Int32Array, op: ReduceOp, call = "allReduce"): void {
    requireReducible(buffer, op);
    const parameter = REDUCE_OPS.indexOf(op);
    this.#begin("allReduce", { count: buffer.length, dtype: dtypeOf(buffer), parameter, call });
    const region = this.#allocated.get(buffer);
    if (region) {
      this.#reduceShare(region, buffer, buffer.byteLength, op);
      this.#meet();
      return;
    }
    const chunkLength = SCRATCH_BYTES / buffer.BYTES_PER_ELEMENT;
    for (let from = 0; from < buffer.length; from += chunkLength) {
      const chunk = buffer.subarray(from, from + chunkLength);
      const scratch = this.#memory.scratch(chunk.byteLength);
      this.#memory.write(scratch, chunk);
      this.#meet();
      this.#reduceShare(scratch, buffer, chunk.byteLength, op);
      this.#meet();
      this.#memory.read(scratch, this.rank, chunk);
    }
  }

  averageHalf(buffer: Uint16Array, format: HalfFormat, call = "averageHalf"): void {
    const region = this.#allocated.get(buffer);
    const parameter = region?.base ?? -1;
    this.#begin("averageHalf", {
      ...{ count: buffer.length, dtype: DTYPES.indexOf(format), parameter, call },
    });
    if (!region) return;
    const range = this.#shareOf(region, buffer.byteLength);
    if (range) this.#kernel.half(range, format);
    this.#meet();
  }

  broadcast(buffer: NumericArray, fromRank: number, call = "broadcast"): void {
    const dtype = dtypeOf(buffer);
    this.#begin("broadcast", { count: buffer.length, dtype, parameter: fromRank, call });
    for (const chunk of chunksOf(bytesOf(buffer))) {
      const scratch = this.#memory.scratch(chunk.byteLength);
      if (this.rank === fromRank) this.#memory.write(scratch, chunk);
      this.#meet();
      if (this.rank !== fromRank) this.#memory.read(scratch, fromRank, chunk);
      this.#meet();
    }
  }

  allGather<T extends NumericArray>(buffer: T, call = "allGather"): T[] {
    this.#begin("allGather", { count: buffer.length, dtype: dtypeOf(buffer), call });
    const results = Array.from({ length: this.worldSize }, () => buffer.slice() as T);
    const sizes = results.map(() => buffer.byteLength);
    this.#exchange(bytesOf(buffer), sizes, results.map(bytesOf));
    return results;
  }

  allGatherObject<T>(value: T, call = "allGatherObject"): T[] {
    return this.#exchangeObjects("allGatherObject", value, 0, call) as T[];
  }

  broadcastObject<T>(value: T, fromRank: number, call = "broadcastObject"): T {
    const mine = this.rank === fromRank ? value : undefined;
    return this.#exchangeObjects("broadcastObject", mine, fromRank, call)[fromRank] as T;
  }

  #exchangeObjects(
    operation: Operation,
    value: unknown,
    parameter: number,
    call: string,
  ): unknown[] {
    let bytes: Uint8Array;
    let fault = false;
    try {
      bytes = cloneBytes(value);
    } catch (error) {
      // The other ranks enter the exchange in any case: send them the error instead of letting them wait.
      bytes = cloneBytes(messageOf(error));
      fault = true;
    }
    const sizeBytes = fault ? -bytes.byteLength : bytes.byteLength;
    this.#begin(operation, { dtype: DTYPES.indexOf("object"), parameter, sizeBytes, call });
    const sizes = this.#ranks.map((rank) => this.#control.headerSize(rank));
    const parts = sizes.map((size) => new Uint8Array(Math.abs(size)));
    this.#exchange(bytes, sizes.map(Math.abs), parts);
    const faulty = sizes.findIndex((size) => size < 0);
    const values = parts.map(unpackBytes);
    if (faulty < 0) return values;
    throw new AcceleratorError("VALUE_INVALID", `${call} on rank ${faulty}: ${values[faulty]}`);
  }

  /** Copies the bytes of every rank to every rank; sizes may differ. */
  #exchange(mine: Uint8Array, sizes: readonly number[], parts: readonly Uint8Array[]): void {
    const longest = Math.max(...sizes);
    for (let from = 0; from < longest; from += SCRATCH_BYTES) {
      const scratch = this.#memory.scratch(Math.min(longest - from, SCRATCH_BYTES));
      this.#memory.write(scratch, mine.subarray(from, from + SCRATCH_BYTES));
      this.#meet();
      for (const [rank, part] of parts.entries()) {
        this.#memory.read(scratch, rank, part.subarray(from, from + SCRATCH_BYTES));
      }
      this.#meet(); // no rank may write again while another one still reads
    }
  }

  /** Reduces this rank's share of a slot over all slots. */
  #reduceShare(region: Region, values: NumericArray, sizeBytes: number, op: ReduceOp): void {
    const range = this.#shareOf(region, sizeBytes);
    if (!range) return;
    if (values instanceof Float32Array) this.#kernel.float32(range, op);
    else this.#kernel.int32(range, op);
  }

  /** What this rank reduces: a whole number of 16-byte blocks of every slot, or what is left; undefined for nothing. */
  #shareOf(region: Region, sizeBytes: number): SlotRange | undefined {
    const share = Math.ceil(sizeBytes / this.worldSize / 16) * 16;
    const start = Math.min(this.rank * share, sizeBytes);
    const end = Math.min(start + share, sizeBytes);
    return start === end ? undefined : { ...region, slots: this.worldSize, start, end };
  }

  /** Announces what this rank is about to do, waits for the other ranks, and compares the headers. */
  #begin(operation: Operation, header: Partial<Header> & { readonly call: string }): void {
    this.#requireAlive();
    const { count = 0, dtype = 0, parameter = 0, sizeBytes = 0, call } = header;
    const code = OPERATIONS.indexOf(operation);
    this.#control.writeHeader(this.rank, {
      operation: code,
      count,
      dtype,
      parameter,
      sizeBytes,
      call,
    });
    // Without debug a rank notes the line only when it is asked: looking at the stack takes longer than a collective.
    this.#places.setSite(this.rank, this.#debug ? callSite() : "");
    this.supervision.announce();
    this.#meet();
    this.supervision.read();
    for (let rank = 1; rank < this.worldSize; rank++) {
      if (!this.#control.sameHeader(0, rank)) throw this.#mismatch();
    }
  }

  get #ranks(): number[] {
    return Array.from({ length: this.worldSize }, (_, rank) => rank);
  }

  #meet(): void {
    this.#control.countArrival(this.rank);
    this.#places.enter(this.rank, this.#control.headerSet);
    const result = this.#barrier.wait(this.#timeoutMs, this.#noteSite);
    this.#places.exit(this.rank);
    if (result === "left") throw this.#rankEnded();
    if (result === "timed-out") this.#declareTimeout();
    if (result !== "passed") throw this.#deathError();
  }

  readonly #noteSite = (): void => this.#places.setSite(this.rank, callSite());

  /** What ranks are doing, and where in the script. */
  #describeCalls(ranks: readonly number[]): string {
    return describeCalls(this.#control, ranks, (rank) => this.#places.read(rank).site);
  }

  #mismatch(): AcceleratorError {
    return new AcceleratorError(
      "COLLECTIVE_MISMATCH",
      `The replicas disagree on what to do: ${this.#describeCalls(this.#ranks)}. ` +
        "Every rank must make the same calls with the same shapes, in the same order.",
    );
  }

  #rankEnded(): AcceleratorError {
    const ended = this.#ranks.filter((rank) => this.#control.hasLeft(rank));
    return new AcceleratorError(
      "COLLECTIVE_RANK_ENDED",
      `The script of ${nameRanks(ended)} has ended, but ${this.#describeCalls([this.rank])}, which waits for ` +
        "all ranks. Every rank must make the same calls in the same order: look for a loop that ends " +
        "earlier on one rank, or a collective inside `if (isMainProcess)`.",
    );
  }

  #declareTimeout(): void {
    const mine = this.#control.arrivals(this.rank);
    const missing = this.#ranks.filter((rank) => this.#control.arrivals(rank) !== mine);
    const present = this.#ranks.filter((rank) => !missing.includes(rank));
    const standing = missing
      .map((rank) => `rank ${rank} ${describePlace(this.#control, this.#places, rank)}`)
      .join("; ");
    const message =
      `${nameRanks(missing)} did not arrive within ${this.#timeoutMs} ms; ` +
      `${this.#describeCalls(present)}; ${standing}. Every rank must make the same calls in the same order: ` +
      "look for an early return, or a collective inside `if (isMainProcess)`; or raise timeoutMs.";
    this.#control.end(REASON.timeout, message);
  }

  #requireAlive(): void {
    if (this.#control.isDead) throw this.#deathError();
  }

  /** Why the group ended, as an error of this rank. */
  #deathError(): AcceleratorError {
    const { reason, message } = this.#control.ending();
    if (reason === REASON.timeout) return new AcceleratorError("COLLECTIVE_TIMEOUT", message);
    return new AcceleratorError("COLLECTIVE_ABORTED", `Another replica ended the run: ${message}`);
  }
}

function dtypeOf(buffer: NumericArray): number {
  if (buffer instanceof Float32Array) return DTYPES.indexOf("float32");
  return DTYPES.indexOf(buffer instanceof Int32Array ? "int32" : "uint8");
}

function bytesOf(buffer: NumericArray): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

function* chunksOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < bytes.byteLength; from += SCRATCH_BYTES) {
    yield bytes.subarray(from, from + SCRATCH_BYTES);
  }
}
