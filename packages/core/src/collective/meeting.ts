import { AcceleratorError } from "../errors.ts";
import { RankClock } from "../rank-clock.ts";
import { Barrier, type BarrierResult } from "./barrier.ts";
import { callSite } from "./call-site.ts";
import { describeCalls, nameRanks, OPERATIONS, type Operation } from "./call-text.ts";
import { ControlBlock, type Header, REASON } from "./control-block.ts";
import { CounterWait } from "./counter-wait.ts";
import { describePlace } from "./describe-places.ts";
import { endingError } from "./ending-error.ts";
import { RankPlaces } from "./rank-places.ts";
import { localRanks, type SharedGroup } from "./shared-group.ts";
import { SharedSupervision } from "./shared-supervision.ts";

/** How one rank of a group meets the others: all say what they are about to do, and wait for each other. */
export class Meeting {
  readonly rank: number;
  readonly worldSize: number;
  readonly supervision: SharedSupervision;
  readonly #control: ControlBlock;
  readonly #places: RankPlaces;
  readonly #debug: boolean;
  readonly #barrier: Barrier;
  readonly #counterWait: CounterWait;
  readonly #localRanks: readonly number[];
  readonly #timeoutMs: number;
  #meetOtherHosts: (headerSet: number) => void = () => {};

  constructor(group: SharedGroup, rank: number) {
    this.rank = rank;
    this.worldSize = group.worldSize;
    this.#control = new ControlBlock(group.control, group.worldSize);
    const clock = new RankClock(group.clock, rank);
    this.supervision = new SharedSupervision(this.#control, rank, group.worldSize, clock);
    this.#places = new RankPlaces(group.places, group.worldSize);
    this.#debug = group.debug;
    this.#barrier = new Barrier(this.#control.cells, group.localWorldSize);
    this.#counterWait = new CounterWait(this.#control, group.localWorldSize);
    this.#localRanks = localRanks(group);
    this.#timeoutMs = group.timeoutMs;
  }

  /** This rank makes no more calls: ranks that wait for it, now or later, throw `COLLECTIVE_RANK_ENDED`. */
  leave(): void {
    this.#control.leave(this.rank);
  }

  /**
   * Where other hosts have ranks too.
   *
   * @param meet called at the beginning of every operation, when the ranks of this host have met; returns when the headers of
   *   all ranks are there.
   */
  joinHosts(meet: (headerSet: number) => void): void {
    this.#meetOtherHosts = meet;
  }

  /** The `sizeBytes` that each rank has announced. */
  get sizes(): number[] {
    return this.#ranks.map((rank) => this.#control.headerSize(rank));
  }

  /** Announces what this rank is about to do, waits for the other ranks, and compares the headers. */
  begin(operation: Operation, header: Partial<Header> & { readonly call: string }): void {
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
    this.meet();
    this.#meetOtherHosts(this.#control.headerSet);
    this.supervision.read();
    for (let rank = 1; rank < this.worldSize; rank++) {
      if (!this.#control.sameHeader(0, rank)) throw this.#mismatch();
    }
  }

  get #ranks(): number[] {
    return Array.from({ length: this.worldSize }, (_, rank) => rank);
  }

  /** Waits for the other ranks of this host. @throws {AcceleratorError} if the group has ended, or one does not come. */
  meet(): void {
    this.#control.countArrival(this.rank);
    this.#await(() => this.#barrier.wait(this.#timeoutMs, this.#noteSite));
  }

  /**
   * Waits until a counter has reached a number: for the thread that speaks to other hosts, which keeps the time limit.
   *
   * @throws {AcceleratorError} if the group has ended, or a rank that it waits for.
   */
  waitFor(cells: Int32Array, counter: number, target: number): void {
    if (CounterWait.hasReached(cells, counter, target)) return;
    this.#await(() => this.#counterWait.wait(cells, counter, target, this.#noteSite));
  }

  #await(wait: () => BarrierResult): void {
    this.#places.enter(this.rank, this.#control.headerSet);
    const result = this.supervision.clock.timeWaiting(wait);
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
    const missing = this.#localRanks.filter((rank) => this.#control.arrivals(rank) !== mine);
    const present = this.#localRanks.filter((rank) => !missing.includes(rank));
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
    return endingError(this.#control.ending());
  }
}
