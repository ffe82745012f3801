import type { SystemSample } from "@acc/core/tracker";
import { MIB, systemFigures } from "@acc/tracker-kit";

/** Of the keys that are SwanLab's own. */
export const SYSTEM_PREFIX = "__swanlab__.";

/** One series of the machine's load: its key, its title, and a value. */
export type SystemMetric = { readonly key: string; readonly name: string; readonly value: number };

/** The load of the machine under the names of SwanLab's own client; those of replicas and `cpu.proc` are ours. */
export function systemMetrics(sample: SystemSample): SystemMetric[] {
  const { cpuPercent, memory, process, replicas } = sample;
  const { usedMemoryPercent, processMemoryPercent } = systemFigures(sample);
  const metrics: [key: string, name: string, value: number | undefined][] = [
    ["cpu.pct", "CPU Utilization (%)", cpuPercent],
    ["cpu.thds", "Process CPU Threads", process.threads],
    ["cpu.proc", "Process CPU (% of one core)", process.cpuPercent],
    ["mem.pct", "System Memory Utilization (%)", usedMemoryPercent],
    ["mem.proc", "Process Memory In Use (non-swap) (MB)", process.rssBytes / MIB],
    ["mem.proc.pct", "Process Memory Utilization (%)", processMemoryPercent],
    ["mem.proc.avail", "Process Memory Available (non-swap) (MB)", memory.availableBytes / MIB],
    ...replicas.map(({ rank, cpuPercent: busy }): [string, string, number] => [
      `replica.${rank}.cpu.pct`,
      `Replica ${rank} CPU (%)`,
      busy,
    ]),
  ];
  return metrics.flatMap(([key, name, value]) =>
    value === undefined ? [] : [{ key: `${SYSTEM_PREFIX}${key}`, name, value }],
  );
}
