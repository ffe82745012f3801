import type { SystemSample } from "@acc/core/tracker";
import { paceName } from "../wire/system-keys.ts";

const MIB = 1024 * 1024;

/** What the page shows of a sample of the machine's load: one curve each. */
export function systemValues(sample: SystemSample): { readonly [key: string]: number } {
  const { cpuPercent, loadAverage, memory, disk, process, replicas, paces = [] } = sample;
  const values: [name: string, value: number][] = [
    ["cpu %", cpuPercent],
    ["memory %", share(memory.totalBytes - memory.availableBytes, memory.totalBytes)],
    ["load average", loadAverage],
    ["process cpu %", process.cpuPercent],
    ["process memory MB", process.rssBytes / MIB],
    ...replicas.map(({ rank, cpuPercent: busy }): [string, number] => [
      `replica ${rank} cpu %`,
      busy,
    ]),
    ...paces.flatMap(({ batchesPerSecond, waitingPercent, loadingPercent }, rank) => [
      [paceName(rank, "waiting"), waitingPercent] as [string, number],
      [paceName(rank, "loading"), loadingPercent] as [string, number],
      [paceName(rank, "batches"), batchesPerSecond] as [string, number],
    ]),
  ];
  if (disk) values.push(["disk %", share(disk.totalBytes - disk.freeBytes, disk.totalBytes)]);
  return Object.fromEntries(values);
}

function share(part: number, whole: number): number {
  return whole > 0 ? (part / whole) * 100 : 0;
}
