import { ConsoleFeed } from "./console-feed.ts";

/** What can be observed of the replicas of this process. */
export class MonitorSources {
  readonly console: ConsoleFeed = new ConsoleFeed();
  /** The thread of each rank, as the operating system numbers it; empty where it does not say. */
  readonly threads: Map<number, number> = new Map();
}
