import { AcceleratorError, messageOf } from "../errors.ts";
import { DTYPES, type Operation, REDUCE_OPS } from "./call-text.ts";
import type { Collective, NumericArray, ReduceOp } from "./collective.ts";
import type { HalfFormat } from "./half-precision.ts";
import { LocalMoves } from "./local-moves.ts";
import { Meeting } from "./meeting.ts";
import { bytesOf, type Moves, type MoveTools, SCRATCH_BYTES } from "./moves.ts";
import { cloneBytes, unpackBytes } from "./object-bytes.ts";
import { createReduceKernel, type ReduceKernel } from "./reduce-kernel.ts";
import { SHARED_CELLS, type SharedGroup } from "./shared-group.ts";
import { requireReducible } from "./single-process.ts";
import { type Region, SlotMemory } from "./slot-memory.ts";
import type { Supervision } from "./supervision.ts";

/** A buffer that all ranks have allocated, and the number of its allocation: the same on every rank. */
type Allocation = { readonly region: Region; readonly number: number };

/** What a rank of a group is made of, where it is not the usual. */
export type MemberParts = {
  /** For tests: the kernel is otherwise chosen for the machine. */
  readonly createKernel?: (memory: WebAssembly.Memory) => ReduceKernel;
  /** How values come to ranks that are not in this process. */
  readonly createMoves?: (tools: MoveTools) => Moves;
};

/**
 * The group of replicas on the worker threads of one process, and of several processes where `createMoves` says how they
 * meet. Data is exchanged through slots, one per rank, in shared memory.
 */
export class SharedMemory implements Collective {
  readonly rank: number;
  readonly worldSize: number;
  readonly localRank: number;
  readonly localWorldSize: number;
  readonly #meeting: Meeting;
  readonly cells: Int32Array;
  readonly #memory: SlotMemory;
  readonly #area: SlotMemory;
  #shared: Region = { base: 0, stride: 0, wasUsed: false };
  readonly #slot: number;
  readonly #moves: Moves;
  readonly #allocated = new WeakMap<NumericArray | Uint16Array, Allocation>();
  #allocations = 0;

  constructor(
    group: SharedGroup,
    rank: number,
    {
      createKernel = createReduceKernel,
      createMoves = (tools) => new LocalMoves(tools),
    }: MemberParts = {},
  ) {
    const { worldSize, localWorldSize } = group;
    this.rank = rank;
    this.worldSize = worldSize;
    this.localRank = rank - group.firstRank;
    this.localWorldSize = localWorldSize;
    this.#meeting = new Meeting(group, rank);
    const meet = (): void => this.#meeting.meet();
    const grows = this.localRank === 0;
    const others = localWorldSize < worldSize ? 1 : 0; // the slot for the sum of the hosts before
    this.#slot = others + this.localRank;
    const place = { slots: others + localWorldSize, slot: this.#slot, grows };
    this.#memory = new SlotMemory(group.memory, place, meet);
    this.#area = new SlotMemory(group.area, { slots: 1, slot: 0, grows }, meet);
    this.cells = this.#area.view(this.#area.reserve(4 * SHARED_CELLS), 0, Int32Array, SHARED_CELLS);
    const kernel = createKernel(group.memory);
    this.#moves = createMoves({ group, meeting: this.#meeting, memory: this.#memory, kernel });
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
    return this.#allocate(Float32Array, length);
  }

  allocateHalf(length: number, format: HalfFormat, call = "allocate"): Uint16Array {
    this.#meeting.begin("allocate", { count: length, dtype: DTYPES.indexOf(format), call });
    return this.#allocate(Uint16Array, length);
  }

  release(buffer: Float32Array | Uint16Array, call = "release"): void {
    const allocation = this.#allocated.get(buffer);
    const parameter = allocation?.number ?? -1;
    this.#meeting.begin("release", { count: buffer.length, parameter, call });
    if (!allocation) return;
    this.#allocated.delete(buffer);
    this.#memory.release(allocation.region);
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
    const allocation = this.#allocated.get(buffer);
    if (allocation) {
      this.#moves.reduce(allocation.region, buffer, op);
      this.#meeting.meet();
      return;
    }
    const chunkLength = SCRATCH_BYTES / buffer.BYTES_PER_ELEMENT;
    for (let from = 0; from < buffer.length; from += chunkLength) {
      const chunk = buffer.subarray(from, from + chunkLength);
      const scratch = this.#memory.scratch(chunk.byteLength);
      this.#memory.write(scratch, chunk);
      this.#meeting.meet();
      this.#moves.reduce(scratch, chunk, op);
      this.#meeting.meet();
      this.#memory.read(scratch, this.#slot, chunk);
    }
  }

  averageHalf(buffer: Uint16Array, format: HalfFormat, call = "averageHalf"): void {
    const allocation = this.#allocated.get(buffer);
    const parameter = allocation?.number ?? -1;
    this.#meeting.begin("averageHalf", {
      ...{ count: buffer.length, dtype: DTYPES.indexOf(format), parameter, call },
    });
    if (!allocation) return;
    this.#moves.averageHalf(allocation.region, buffer, format);
    this.#meeting.meet();
  }

  broadcast(buffer: NumericArray, fromRank: number, call = "broadcast"): void {
    const dtype = dtypeOf(buffer);
    this.#meeting.begin("broadcast", { count: buffer.length, dtype, parameter: fromRank, call });
    this.#moves.broadcast(bytesOf(buffer), fromRank);
  }

  allGather<T extends NumericArray>(buffer: T, call = "allGather"): T[] {
    const sizeBytes = buffer.byteLength;
    const dtype = dtypeOf(buffer);
    this.#meeting.begin("allGather", { count: buffer.length, dtype, sizeBytes, call });
    const results = Array.from({ length: this.worldSize }, () => buffer.slice() as T);
    const sizes = results.map(() => sizeBytes);
    this.#moves.exchange(bytesOf(buffer), sizes, results.map(bytesOf));
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
    this.#moves.exchange(bytes, sizes.map(Math.abs), parts);
    const faulty = sizes.findIndex((size) => size < 0);
    const values = parts.map(unpackBytes);
    if (faulty < 0) return values;
    throw new AcceleratorError("VALUE_INVALID", `${call} on rank ${faulty}: ${values[faulty]}`);
  }

  /** Makes this rank's zeroed buffer. */
  #allocate<T extends Float32Array | Uint16Array>(
    Type: (new (
      buffer: ArrayBufferLike,
      byteOffset: number,
      length: number,
    ) => T) & {
      readonly BYTES_PER_ELEMENT: number;
    },
    length: number,
  ): T {
    const region = this.#memory.reserve(length * Type.BYTES_PER_ELEMENT);
    const buffer = this.#memory.view(region, this.#slot, Type, length);
    if (region.wasUsed) buffer.fill(0);
    this.#allocations += 1;
    this.#allocated.set(buffer, { region, number: this.#allocations });
    return buffer;
  }
}

function dtypeOf(buffer: NumericArray): number {
  if (buffer instanceof Float32Array) return DTYPES.indexOf("float32");
  return DTYPES.indexOf(buffer instanceof Int32Array ? "int32" : "uint8");
}
