import type { RankClock } from "../rank-clock.ts";
import type { ControlBlock } from "./control-block.ts";
import type { HostRequest, Supervision } from "./supervision.ts";

/** The supervision of one rank of a group in shared memory. */
export class SharedSupervision implements Supervision {
  readonly clock: RankClock;
  readonly #control: ControlBlock;
  readonly #rank: number;
  readonly #worldSize: number;
  /** Collectives that this rank has begun: the same number on every rank in the same collective. Wraps around. */
  #collectives = 0;
  /** The collective whose announcement this rank has seen last. */
  #seen = 0;
  #request: HostRequest | undefined;

  constructor(control: ControlBlock, rank: number, worldSize: number, clock: RankClock) {
    this.clock = clock;
    this.#control = control;
    this.#rank = rank;
    this.#worldSize = worldSize;
  }

  get request(): HostRequest | undefined {
    // A single rank may never meet anybody, and has nobody to agree with.
    if (this.#worldSize === 1) this.#request ??= this.#control.takeRequest();
    return this.#request;
  }

  acceptRequests(): void {
    this.#control.acceptRequests();
  }

  clearRequest(): void {
    this.#request = undefined;
  }

  /** Before the barrier of a collective: rank 0 announces a request to all. */
  announce(): void {
    this.#collectives = (this.#collectives + 1) | 0;
    if (this.#rank !== 0 || this.#worldSize === 1 || this.#request) return;
    // Two collectives after the last announcement every rank has read it: it is in the next one already.
    if (((this.#collectives - this.#control.announcedAt) | 0) < 2) return;
    const request = this.#control.takeRequest();
    if (request) this.#control.announce(request, this.#collectives);
  }

  /**
   * After the barrier: every rank reads what was announced. Rank 0 may already be in the next collective and announce
   * something there: the number tells.
   */
  read(): void {
    if (this.#worldSize === 1) return;
    const at = this.#control.announcedAt;
    if (at === this.#seen || ((this.#collectives - at) | 0) < 0) return;
    this.#seen = at;
    this.#request = this.#control.announced;
  }
}
