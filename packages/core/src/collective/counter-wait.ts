import { availableParallelism } from "node:os";
import { timed } from "../phases.ts";
import type { BarrierResult } from "./barrier.ts";
import { ASKED, type ControlBlock } from "./control-block.ts";

const SPINS = 20_000;
/** The end of the group does not wake who sleeps on a counter: it looks again after this time. */
const SLICE_MS = 20;

/** Waits of ranks for counters that a thread without a rank moves. */
export class CounterWait {
  readonly #control: ControlBlock;
  readonly #spins: number;

  /** @param members ranks that wait at the same time, beside the thread. */
  constructor(control: ControlBlock, members: number) {
    this.#control = control;
    this.#spins = members < availableParallelism() ? SPINS : 0;
  }

  /** Counters wrap around. */
  static hasReached(cells: Int32Array, counter: number, target: number): boolean {
    return ((Atomics.load(cells, counter) - target) | 0) >= 0;
  }

  /** @param onAsked called when the host asks, meanwhile, where the ranks stand. */
  wait(cells: Int32Array, counter: number, target: number, onAsked: () => void): BarrierResult {
    return timed("wait", () => this.#wait(cells, counter, target, onAsked));
  }

  #wait(cells: Int32Array, counter: number, target: number, onAsked: () => void): BarrierResult {
    const control = this.#control;
    for (let i = 0; i < this.#spins; i++)
      if (CounterWait.hasReached(cells, counter, target)) return "passed";
    let asked = Atomics.load(control.cells, ASKED);
    for (;;) {
      const value = Atomics.load(cells, counter);
      if (CounterWait.hasReached(cells, counter, target)) return "passed";
      if (control.isDead) return "dead";
      if (control.hasOtherHostLeft) return "left";
      if (Atomics.load(control.cells, ASKED) !== asked) {
        asked = Atomics.load(control.cells, ASKED);
        onAsked();
      }
      Atomics.wait(cells, counter, value, SLICE_MS);
    }
  }
}
