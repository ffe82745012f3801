import { readdirSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { cpus, freemem, loadavg, totalmem } from "node:os";
import type { SystemSample } from "../tracker-contract/monitoring.ts";
import type { MonitorSources } from "./monitor-sources.ts";
import { threadTimeMs } from "./native-thread.ts";
import { RankPaces } from "./rank-paces.ts";

type CoreTimes = { readonly busyMs: number; readonly totalMs: number };

/** Measures how busy the machine, this process and its replicas are. */
export class MachineLoad {
  readonly #threads: ReadonlyMap<number, number>;
  #cores = coreTimes();
  #usage = process.cpuUsage();
  #threadTimes = new Map<number, number>();
  readonly #paces: RankPaces;
  #atMs = performance.now();

  constructor({ threads, clocks }: MonitorSources) {
    this.#threads = threads;
    this.#paces = new RankPaces(clocks);
    this.#replicas(1);
  }

  /** Since the sample before, or since this was made. */
  async sample(): Promise<SystemSample> {
    const disk = await diskSpace();
    const now = performance.now();
    const elapsedMs = Math.max(1, now - this.#atMs);
    this.#atMs = now;
    const before = this.#cores;
    this.#cores = coreTimes();
    const cores = this.#cores.map((core, index) => busyPercent(before[index], core));
    const used = process.cpuUsage(this.#usage);
    this.#usage = process.cpuUsage();
    return {
      cpuPercent: tenths(cores.reduce((sum, one) => sum + one, 0) / Math.max(1, cores.length)),
      cores,
      loadAverage: tenths(loadavg()[0] ?? 0),
      memory: { totalBytes: totalmem(), availableBytes: freemem() },
      disk,
      process: {
        cpuPercent: tenths((used.user + used.system) / 10 / elapsedMs),
        rssBytes: process.memoryUsage.rss(),
        threads: numThreads(),
      },
      replicas: this.#replicas(elapsedMs),
      paces: this.#paces.since(elapsedMs),
    };
  }

  #replicas(elapsedMs: number): SystemSample["replicas"] {
    const replicas: { rank: number; cpuPercent: number }[] = [];
    for (const [rank, thread] of this.#threads) {
      const timeMs = threadTimeMs(thread);
      if (timeMs === undefined) continue;
      const before = this.#threadTimes.get(rank) ?? timeMs;
      this.#threadTimes.set(rank, timeMs);
      // Its clock is coarser than ours.
      const cpuPercent = Math.min(100, tenths(((timeMs - before) / elapsedMs) * 100));
      replicas.push({ rank, cpuPercent });
    }
    return replicas.sort((a, b) => a.rank - b.rank);
  }
}

function coreTimes(): CoreTimes[] {
  return cpus().map(({ times }) => {
    const totalMs = times.user + times.nice + times.sys + times.idle + times.irq;
    return { busyMs: totalMs - times.idle, totalMs };
  });
}

function busyPercent(before: CoreTimes | undefined, after: CoreTimes): number {
  const totalMs = after.totalMs - (before?.totalMs ?? 0);
  return totalMs > 0 ? tenths(((after.busyMs - (before?.busyMs ?? 0)) / totalMs) * 100) : 0;
}

async function diskSpace(): Promise<SystemSample["disk"]> {
  try {
    const { blocks, bavail, bsize } = await statfs(".");
    return { totalBytes: blocks * bsize, freeBytes: bavail * bsize };
  } catch {
    return undefined;
  }
}

function numThreads(): number | undefined {
  try {
    return readdirSync("/proc/self/task").length;
  } catch {
    return undefined;
  }
}

/** More digits would be noise, and bytes of the journal. */
function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
