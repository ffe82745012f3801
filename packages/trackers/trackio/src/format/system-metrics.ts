import type { LogValues, SystemSample } from "@acc/core/tracker";
import { GIB, systemFigures, toldValues } from "@acc/tracker-kit";

/** The load of the machine under the names of Trackio's own client; `process/…` and `replica/…` are ours. */
export function systemMetrics(sample: SystemSample): LogValues {
  const { cpuPercent, cores, memory, process, replicas } = sample;
  const { usedMemoryBytes, usedMemoryPercent } = systemFigures(sample);
  return toldValues({
    ...Object.fromEntries(cores.map((busy, core) => [`cpu/${core}/utilization`, busy])),
    "cpu/utilization": cpuPercent,
    "memory/used": usedMemoryBytes / GIB,
    "memory/total": memory.totalBytes / GIB,
    "memory/available": memory.availableBytes / GIB,
    "memory/percent": usedMemoryPercent,
    "process/cpu": process.cpuPercent,
    "process/memory": process.rssBytes / GIB,
    ...Object.fromEntries(
      replicas.map(({ rank, cpuPercent: busy }) => [`replica/${rank}/cpu`, busy]),
    ),
  });
}
