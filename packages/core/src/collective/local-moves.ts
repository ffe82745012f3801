import type { ReduceOp } from "./collective.ts";
import type { HalfFormat } from "./half-precision.ts";
import type { Meeting } from "./meeting.ts";
import { chunksOf, type Moves, type MoveTools, SCRATCH_BYTES, shareOf } from "./moves.ts";
import type { ReduceKernel, SlotRange } from "./reduce-kernel.ts";
import type { Region, SlotMemory } from "./slot-memory.ts";

/**
 * Among the replicas of one process: a rank writes its own slot of shared memory, all meet, and every rank works on its
 * share of all slots.
 */
export class LocalMoves implements Moves {
  readonly #meeting: Meeting;
  readonly #memory: SlotMemory;
  readonly #kernel: ReduceKernel;

  constructor({ meeting, memory, kernel }: MoveTools) {
    this.#meeting = meeting;
    this.#memory = memory;
    this.#kernel = kernel;
  }

  reduce(region: Region, values: Float32Array | Int32Array, op: ReduceOp): void {
    const range = this.#shareOf(region, values.byteLength);
    if (!range) return;
    if (values instanceof Float32Array) this.#kernel.float32(range, op);
    else this.#kernel.int32(range, op);
  }

  averageHalf(region: Region, values: Uint16Array, format: HalfFormat): void {
    const range = this.#shareOf(region, values.byteLength);
    if (range) this.#kernel.half(range, format);
  }

  broadcast(bytes: Uint8Array, fromRank: number): void {
    for (const chunk of chunksOf(bytes, SCRATCH_BYTES)) {
      const scratch = this.#memory.scratch(chunk.byteLength);
      const isSource = this.#meeting.rank === fromRank;
      if (isSource) this.#memory.write(scratch, chunk);
      this.#meeting.meet();
      if (!isSource) this.#memory.read(scratch, fromRank, chunk);
      this.#meeting.meet();
    }
  }

  exchange(mine: Uint8Array, sizes: readonly number[], parts: readonly Uint8Array[]): void {
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

  /** What this rank reduces of every slot. */
  #shareOf(region: Region, sizeBytes: number): SlotRange | undefined {
    const { rank, worldSize } = this.#meeting;
    const share = shareOf({ from: 0, to: sizeBytes }, rank, worldSize);
    return share && { base: region.base, stride: region.stride, slots: worldSize, ...share };
  }
}
