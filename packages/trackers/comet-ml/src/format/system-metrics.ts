import type { SystemSample } from "@acc/core/tracker";
import { systemFigures, toldValues } from "@acc/tracker-kit";

/** The load of the machine under the names of Comet's own client; `sys.process.…` and `sys.replica.…` are ours. */
export function systemMetrics(sample: SystemSample): { readonly [name: string]: number } {
  const { cpuPercent, cores, loadAverage, memory, disk, process, replicas } = sample;
  const { usedMemoryBytes, usedMemoryPercent, usedDiskBytes, usedDiskPercent } =
    systemFigures(sample);
  return toldValues({
    "sys.cpu.percent.avg": cpuPercent,
    ...Object.fromEntries(cores.map((busy, at) => [`sys.cpu.percent.${twoDigits(at + 1)}`, busy])),
    "sys.load.avg": loadAverage,
    "sys.ram.total": memory.totalBytes,
    "sys.ram.used": usedMemoryBytes,
    "sys.ram.available": memory.availableBytes,
    "sys.ram.percent.used": usedMemoryPercent,
    "sys.disk.root.total": disk?.totalBytes,
    "sys.disk.root.used": usedDiskBytes,
    "sys.disk.root.percent.used": usedDiskPercent,
    "sys.process.cpu.percent": process.cpuPercent,
    "sys.process.ram.used": process.rssBytes,
    ...Object.fromEntries(
      replicas.map(({ rank, cpuPercent: busy }) => [`sys.replica.${rank}.cpu.percent`, busy]),
    ),
  });
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}
