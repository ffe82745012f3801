import type { LogContext, SystemSample } from "@acc/core/tracker";
import { systemFigures, toldValues } from "@acc/tracker-kit";
import type { Operation } from "../operation.ts";
import type { EventScope } from "./scope.ts";

/** MLflow counts in millions of bytes. */
const MEGABYTE = 1e6;

/** The load of the machine under the names of MLflow's own client; `replica_…` and `process_…` are ours. */
export function systemOperations(
  sample: SystemSample,
  at: LogContext,
  { recording }: EventScope,
): Operation[] {
  const timestamp = recording.timeOf(at);
  const step = recording.systemStep++;
  return Object.entries(metricsOf(sample)).map(([name, value]) => ({
    kind: "metric",
    entry: { key: recording.metricName(`system/${name}`), value, timestamp, step },
  }));
}

function metricsOf(sample: SystemSample): { readonly [name: string]: number } {
  const { cpuPercent, disk, process, replicas } = sample;
  const { usedMemoryBytes, usedMemoryPercent, usedDiskBytes, usedDiskPercent } =
    systemFigures(sample);
  return toldValues({
    cpu_utilization_percentage: cpuPercent,
    system_memory_usage_megabytes: megabytes(usedMemoryBytes),
    system_memory_usage_percentage: usedMemoryPercent,
    disk_usage_percentage: usedDiskPercent,
    disk_usage_megabytes: megabytes(usedDiskBytes),
    disk_available_megabytes: megabytes(disk?.freeBytes),
    process_cpu_percentage: process.cpuPercent,
    process_memory_usage_megabytes: megabytes(process.rssBytes),
    ...Object.fromEntries(
      replicas.map(({ rank, cpuPercent: busy }) => [`replica_${rank}_cpu_percentage`, busy]),
    ),
  });
}

function megabytes(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : Math.round(bytes / (MEGABYTE / 10)) / 10;
}
