import { AcceleratorError, messageOf } from "../errors.ts";
import { DTYPES, type Operation, REDUCE_OPS } from "./call-text.ts";
import type { Collective, NumericArray, ReduceOp } from "./collective.ts";
import type { HalfFormat } from "./half-precision.ts";
import { Meeting } from "./meeting.ts";
import { cloneBytes, unpackBytes } from "./object-bytes.ts";
import { createReduceKernel, type ReduceKernel, type SlotRange } from "./reduce-kernel.ts";
import { SHARED_CELLS, type SharedGroup } from "./shared-group.ts";
import { requireReducible } from "./single-process.ts";
import { type Region, SlotMemory } from "./slot-memory.ts";
import type { Supervision } from "./supervision.ts";

/** Rounds of a copied operation move at most this much per rank, which bounds the memory of the group. */
const SCRATCH_BYTES = 16 * 1024 * 1024;

/**
 * The group of replicas on the worker threads of one process. Data is exchanged through slots, one per
 * rank, in shared memory: a rank writes its own slot, all meet, every rank works on its share of all slots.
 */
export class SharedMemory implements Collective {
  readonly rank: number;
  readonly worldSize: number;
  readonly #meeting: Meeting;
  readonly cells: Int32Array;
  readonly #memory: SlotMemory;
  readonly #area: SlotMemory;
  #shared: Region = { base: 0, stride: 0, wasUsed: false };
  readonly #kernel: ReduceKernel;
  readonly #allocated = new WeakMap<NumericArray | Uint16Array, Region>();

  /** @param createKernel for tests: the kernel is otherwise chosen for the machine. */
  constructor(
    group: SharedGroup,
    rank: number,
    createKernel: (memory: WebAssembly.Memory) => ReduceKernel = createReduceKernel,
  ) {
    this.rank = rank;
    this.worldSize = group.worldSize;
    this.#meeting = new Meeting(group, rank);
    this.#memory = new SlotMemory(group.memory, rank, group.worldSize, () => this.#meeting.meet());
    this.#area = new SlotMemory(group.area, rank, 1, () => this.#meeting.meet());
    this.cells = this.#area.view(this.#area.reserve(4 * SHARED_CELLS), 0, Int32Array, SHARED_CELLS);
    this.#kernel = createKernel(group.memory);
  }

  get supervision(): Supervision {
    return this.#meeting.supervision;
  }

  /** This rank makes no more calls: ranks that wait for it, now or later, throw `COLLECTIVE_RANK_ENDED`. */
  leave(): void {
    this.#meeting.leave();
  }

  barrier(call = "barrier"): void {
    this.#meeting.begin("barrier", { call });
  }

  allocate(length: number, call = "allocate"): Float32Array {
    this.#meeting.begin("allocate", { count: length, call });
    const region = this.#memory.reserve(length * Float32Array.BYTES_PER_ELEMENT);
    const buffer = this.#memory.view(region, this.rank, Float32Array, length);
    if (region.wasUsed) buffer.fill(0);
    this.#allocated.set(buffer, region);
    return buffer;
  }

  allocateHalf(length: number, format: HalfFormat, call = "allocate"): Uint16Array {
    this.#meeting.begin("allocate", { count: length, dtype: DTYPES.indexOf(format), call });
    const region = this.#memory.reserve(length * Uint16Array.BYTES_PER_ELEMENT);
    const buffer = this.#memory.view(region, this.rank, Uint16Array, length);
    if (region.wasUsed) buffer.fill(0);
    this.#allocated.set(buffer, region);
    return buffer;
  }

  release(buffer: Float32Array | Uint16Array, call = "release"): void {
    const region = this.#allocated.get(buffer);
    this.#meeting.begin("release", { count: buffer.length, parameter: region?.base ?? -1, call });
    if (!region) return;
    this.#allocated.delete(buffer);
    this.#memory.release(region);
  }

  share(byteLength: number, call = "share"): Uint8Array {
    this.#meeting.begin("share", { count: byteLength, call });
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
    this.#meeting.begin("allReduce", {
      count: buffer.length,
      dtype: dtypeOf(buffer),
      parameter,
      call,
    });
    const region = this.#allocated.get(buffer);
    if (region) {
      this.#reduceShare(region, buffer, buffer.byteLength, op);
      this.#meeting.meet();
      return;
    }
    const chunkLength = SCRATCH_BYTES / buffer.BYTES_PER_ELEMENT;
    for (let from = 0; from < buffer.length; from += chunkLength) {
      const chunk = buffer.subarray(from, from + chunkLength);
      const scratch = this.#memory.scratch(chunk.byteLength);
      this.#memory.write(scratch, chunk);
      this.#meeting.meet();
      this.#reduceShare(scratch, buffer, chunk.byteLength, op);
      this.#meeting.meet();
      this.#memory.read(scratch, this.rank, chunk);
    }
  }

  averageHalf(buffer: Uint16Array, format: HalfFormat, call = "averageHalf"): void {
    const region = this.#allocated.get(buffer);
    const parameter = region?.base ?? -1;
    this.#meeting.begin("averageHalf", {
      ...{ count: buffer.length, dtype: DTYPES.indexOf(format), parameter, call },
    });
    if (!region) return;
    const range = this.#shareOf(region, buffer.byteLength);
    if (range) this.#kernel.half(range, format);
    this.#meeting.meet();
  }

  broadcast(buffer: NumericArray, fromRank: number, call = "broadcast"): void {
    const dtype = dtypeOf(buffer);
    this.#meeting.begin("broadcast", { count: buffer.length, dtype, parameter: fromRank, call });
    for (const chunk of chunksOf(bytesOf(buffer))) {
      const scratch = this.#memory.scratch(chunk.byteLength);
      if (this.rank === fromRank) this.#memory.write(scratch, chunk);
      this.#meeting.meet();
      if (this.rank !== fromRank) this.#memory.read(scratch, fromRank, chunk);
      this.#meeting.meet();
    }
  }

  allGather<T extends NumericArray>(buffer: T, call = "allGather"): T[] {
    this.#meeting.begin("allGather", { count: buffer.length, dtype: dtypeOf(buffer), call });
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
    this.#meeting.begin(operation, { dtype: DTYPES.indexOf("object"), parameter, sizeBytes, call });
    const { sizes } = this.#meeting;
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
      this.#meeting.meet();
      for (const [rank, part] of parts.entries()) {
        this.#memory.read(scratch, rank, part.subarray(from, from + SCRATCH_BYTES));
      }
      this.#meeting.meet(); // no rank may write again while another one still reads
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
