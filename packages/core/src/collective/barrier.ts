import { availableParallelism } from "node:os";
import { timed } from "../phases.ts";
import { ARRIVED, ASKED, DEAD, ENDED, LEFT, ONE_ROUND, ROUND } from "./control-block.ts";

/**
 * Iterations of the spin loop before a thread sleeps: about 0.1 ms, within which most ranks arrive. A wake-up takes
 * half as long.
 */
const SPINS = 20_000;

/** How the wait of a barrier ended; `"left"`: another rank has left the group, so no barrier can be passed again. */
export type BarrierResult = "passed" | "timed-out" | "dead" | "left";

/**
 * A reusable barrier on the control block, and the only code that blocks a thread. It never runs on the
 * host thread.
 */
export class Barrier {
  readonly #cells: Int32Array;
  readonly #members: number;
  readonly #spins: number;

  /** @param members ranks that meet here: those of one host. */
  constructor(cells: Int32Array, members: number) {
    this.#cells = cells;
    this.#members = members;
    // With more ranks than cores, a spinning thread takes the core that the late rank needs.
    this.#spins = members <= availableParallelism() ? SPINS : 0;
  }

  /**
   * Waits until all ranks have called it.
   *
   * @param onAsked called when the host asks, meanwhile, where the ranks stand.
   */
  wait(timeoutMs: number, onAsked: () => void = () => {}): BarrierResult {
    return timed("wait", () => this.#wait(timeoutMs, onAsked));
  }

  #wait(timeoutMs: number, onAsked: () => void): BarrierResult {
    const cells = this.#cells;
    const round = Atomics.load(cells, ROUND); // before arriving: the last rank may be fast
    if (Atomics.load(cells, DEAD) !== 0) return "dead";
    if (round & LEFT) return "left";
    if (Atomics.add(cells, ARRIVED, 1) + 1 === this.#members) {
      // Nobody can enter the next round before ROUND changes, so the count is reset first.
      Atomics.store(cells, ARRIVED, 0);
      Atomics.add(cells, ROUND, ONE_ROUND);
      Atomics.notify(cells, ROUND);
      return "passed";
    }
    for (let i = 0; i < this.#spins; i++)
      if (Atomics.load(cells, ROUND) !== round) return this.#woken(round);
    const deadline = performance.now() + timeoutMs;
    let asked = Atomics.load(cells, ASKED);
    while (Atomics.load(cells, ROUND) === round) {
      if (Atomics.load(cells, ASKED) !== asked) {
        asked = Atomics.load(cells, ASKED);
        onAsked();
      }
      const left = deadline - performance.now();
      if (left <= 0) return "timed-out";
      Atomics.wait(cells, ROUND, round, left);
    }
    return this.#woken(round);
  }

  /**
   * A rank that leaves and the end of the group set their bits, perhaps after the round has been passed: all ranks that were in
   * it have passed it then, and a checkpoint that one has saved is saved by all.
   */
  #woken(round: number): BarrierResult {
    const now = Atomics.load(this.#cells, ROUND);
    if ((now ^ round) & ~(LEFT | ENDED)) return "passed";
    return now & ENDED ? "dead" : "left";
  }
}
