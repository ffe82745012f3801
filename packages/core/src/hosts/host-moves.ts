import type { ReduceOp } from "../collective/collective.ts";
import { halfKernel } from "../collective/half-kernel.ts";
import type { HalfFormat } from "../collective/half-precision.ts";
import type { Meeting } from "../collective/meeting.ts";
import {
  chunksOf,
  type Moves,
  type MoveTools,
  SCRATCH_BYTES,
  shareOf,
} from "../collective/moves.ts";
import type { ReduceKernel } from "../collective/reduce-kernel.ts";
import type { Region, SlotMemory } from "../collective/slot-memory.ts";
import { chunkBytesOf } from "./chunks.ts";
import { type HostGroup, hostOf, WIRE_BYTES } from "./host-group.ts";
import { type Command, FINISHED, Mailbox, PREFIXES, RESULTS } from "./mailbox.ts";
import { partBytesOf, placeParts } from "./parts.ts";

/**
 * Among the replicas of several hosts. Those of one host work together as on one machine; what comes from other hosts, and goes
 * to them, passes a thread that speaks to the other hosts. Sums go from host to host in rank order, so they are rounded as
 * on one host.
 */
export class HostMoves implements Moves {
  readonly #hosts: HostGroup;
  readonly #meeting: Meeting;
  readonly #memory: SlotMemory;
  readonly #kernel: ReduceKernel;
  readonly #mailbox: Mailbox;
  readonly #wire: Uint8Array;
  /** Index of this replica on its host, and how many it has. */
  readonly #local: number;
  readonly #replicas: number;
  /** Commands so far, and chunks of which this replica has awaited the sum of the hosts before, or the result. */
  #commands = 0;
  #prefixes = 0;
  #results = 0;

  constructor({ group, meeting, memory, kernel }: MoveTools, hosts: HostGroup) {
    this.#hosts = hosts;
    this.#meeting = meeting;
    this.#memory = memory;
    this.#kernel = kernel;
    this.#mailbox = new Mailbox(hosts.mailbox, group.localWorldSize);
    this.#wire = new Uint8Array(hosts.wire);
    this.#local = meeting.rank - group.firstRank;
    this.#replicas = group.localWorldSize;
    meeting.joinHosts((headerSet) => this.#run({ kind: "meet", headerSet }));
  }

  reduce(region: Region, values: Float32Array | Int32Array, op: ReduceOp): void {
    const sizeBytes = values.byteLength;
    if (sizeBytes === 0) return;
    const { base, stride } = region;
    const chunkBytes = chunkBytesOf(sizeBytes);
    this.#begin({ kind: "reduce", base, stride, sizeBytes, chunkBytes });
    const isFirst = this.#hosts.host === 0;
    const isLast = this.#hosts.host === this.#hosts.hosts - 1;
    const chunks = Math.ceil(sizeBytes / chunkBytes);
    for (let chunk = 0; chunk < chunks; chunk++) {
      if (!isFirst) {
        this.#prefixes = (this.#prefixes + 1) | 0;
        this.#meeting.waitFor(this.#mailbox.cells, PREFIXES, this.#prefixes);
      }
      const from = chunk * chunkBytes;
      const to = Math.min(from + chunkBytes, sizeBytes);
      const share = shareOf({ from, to }, this.#local, this.#replicas);
      if (share) this.#reduceShare(region, share, values instanceof Float32Array, op);
      this.#mailbox.noteReduced(this.#local);
    }
    if (isLast) return; // its kernel has written the result to every slot
    const result = this.#memory.view(region, 0, Uint8Array, sizeBytes);
    const own = this.#memory.view(region, 1 + this.#local, Uint8Array, sizeBytes);
    for (let chunk = 0; chunk < chunks; chunk++) {
      this.#results = (this.#results + 1) | 0;
      this.#meeting.waitFor(this.#mailbox.cells, RESULTS, this.#results);
      const from = chunk * chunkBytes;
      own.set(result.subarray(from, from + chunkBytes), from);
    }
  }

  /** The first host has no sum before its own values; the last one has the sum of all, and divides it for a mean. */
  #reduceShare(
    { base, stride }: Region,
    share: { readonly start: number; readonly end: number },
    isFloat: boolean,
    op: ReduceOp,
  ): void {
    const isFirst = this.#hosts.host === 0;
    const isLast = this.#hosts.host === this.#hosts.hosts - 1;
    const slots = isFirst
      ? { base: base + stride, slots: this.#replicas }
      : { base, slots: this.#replicas + 1 };
    const range = { ...slots, stride, ...share };
    if (!isFloat) this.#kernel.int32(range, op);
    else this.#kernel.float32(range, op, isLast && op === "mean" ? this.#meeting.worldSize : 1);
  }

  /** Sums are float32 between hosts too, as on one host: halves would be rounded at every host. */
  averageHalf(_region: Region, values: Uint16Array, format: HalfFormat): void {
    const kernel = halfKernel();
    const chunkLength = SCRATCH_BYTES / Float32Array.BYTES_PER_ELEMENT;
    for (let from = 0; from < values.length; from += chunkLength) {
      const halves = values.subarray(from, from + chunkLength);
      const scratch = this.#memory.scratch(halves.length * Float32Array.BYTES_PER_ELEMENT);
      const floats = this.#memory.view(scratch, 1 + this.#local, Float32Array, halves.length);
      kernel.unpack(halves, floats, format);
      this.#meeting.meet();
      this.reduce(scratch, floats, "mean");
      this.#meeting.meet();
      kernel.pack(floats, halves, format);
    }
  }

  broadcast(bytes: Uint8Array, fromRank: number): void {
    const fromHost = hostOf(this.#hosts, fromRank);
    const isSource = this.#meeting.rank === fromRank;
    for (const chunk of chunksOf(bytes, WIRE_BYTES)) {
      if (isSource) this.#wire.set(chunk);
      this.#meeting.meet();
      this.#run({ kind: "broadcast", sizeBytes: chunk.byteLength, fromHost });
      if (!isSource) chunk.set(this.#wire.subarray(0, chunk.byteLength));
      this.#meeting.meet(); // nobody may write again while another one still reads
    }
  }

  exchange(mine: Uint8Array, sizes: readonly number[], parts: readonly Uint8Array[]): void {
    const longest = Math.max(...sizes);
    const partBytes = partBytesOf(sizes.length);
    for (let from = 0; from < longest; from += partBytes) {
      const places = placeParts(sizes, from, partBytes);
      const own = mine.subarray(from, from + partBytes);
      this.#wire.set(own, places[this.#meeting.rank]?.start);
      this.#meeting.meet();
      this.#run({ kind: "gather", from, partBytes });
      for (const [rank, { start, end }] of places.entries())
        parts[rank]?.set(this.#wire.subarray(start, end), from);
      this.#meeting.meet();
    }
  }

  /** Has a command carried out, and waits until it is. */
  #run(command: Command): void {
    this.#begin(command);
    this.#meeting.waitFor(this.#mailbox.cells, FINISHED, this.#commands);
  }

  /** All replicas of the host call it; one posts the command. It may be carried out later than this returns. */
  #begin(command: Command): void {
    this.#commands = (this.#commands + 1) | 0;
    if (this.#local === 0) this.#mailbox.post(command);
  }
}
