import type { RankClock } from "../rank-clock.ts";
import { ConsoleFeed } from "./console-feed.ts";

/** What can be observed of the replicas of this process. */
export class MonitorSources {
  readonly console: ConsoleFeed = new ConsoleFeed();
  /** The thread of each rank, as the operating system numbers it; empty where it does not say. */
  readonly threads: Map<number, number> = new Map();
  /** How the ranks spend their time, in their order. */
  readonly clocks: readonly RankClock[];

  constructor(clocks: readonly RankClock[]) {
    this.clocks = clocks;
  }
}
