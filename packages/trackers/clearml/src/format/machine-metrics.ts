import type { SystemSample } from "@acc/core/tracker";
import { GIB, systemFigures, toldValues } from "@acc/tracker-kit";

/** The load of the machine under the names of ClearML's own client; `process_…` and `replica_…` are ours. */
export function machineMetrics(sample: SystemSample): { readonly [series: string]: number } {
  const { cpuPercent, memory, process, replicas } = sample;
  const { usedDiskPercent } = systemFigures(sample);
  return toldValues({
    cpu_usage: cpuPercent,
    // Of the process, as the official client reports it.
    memory_used_gb: thousandths(process.rssBytes / GIB),
    memory_free_gb: thousandths(memory.availableBytes / GIB),
    disk_free_percent: usedDiskPercent === undefined ? undefined : 100 - usedDiskPercent,
    process_cpu_usage: process.cpuPercent,
    ...Object.fromEntries(
      replicas.map(({ rank, cpuPercent: busy }) => [`replica_${rank}_cpu_usage`, busy]),
    ),
  });
}

function thousandths(value: number): number {
  return Math.round(value * 1000) / 1000;
}
