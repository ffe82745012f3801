import type { SystemSample } from "@acc/core/tracker";
import { GIB, MIB, systemFigures, toldValues } from "@acc/tracker-kit";

/** The load of the machine under the names of W&B's own client; `proc.cpu.percent` and those of replicas are ours. */
export function systemMetrics(sample: SystemSample): { readonly [name: string]: number } {
  const { cores, memory, process, replicas } = sample;
  const { usedMemoryPercent, processMemoryPercent, usedDiskBytes, usedDiskPercent } =
    systemFigures(sample);
  return toldValues({
    // Of this process, as a share of all cores.
    cpu: process.cpuPercent / Math.max(1, cores.length),
    "proc.cpu.percent": process.cpuPercent,
    "proc.cpu.threads": process.threads,
    ...Object.fromEntries(cores.map((busy, core) => [`cpu.${core}.cpu_percent`, busy])),
    memory_percent: usedMemoryPercent,
    "proc.memory.availableMB": memory.availableBytes / MIB,
    "proc.memory.rssMB": process.rssBytes / MIB,
    "proc.memory.percent": processMemoryPercent,
    "disk./.usagePercent": usedDiskPercent,
    "disk./.usageGB": usedDiskBytes === undefined ? undefined : usedDiskBytes / GIB,
    ...Object.fromEntries(
      replicas.map(({ rank, cpuPercent: busy }) => [`replica.${rank}.cpu_percent`, busy]),
    ),
  });
}
