import type { SystemSample } from "@acc/core/tracker";

export const MIB: number = 1024 * 1024;
export const GIB: number = 1024 * MIB;

/** What the clients of services compute from a sample. */
export type SystemFigures = {
  readonly usedMemoryBytes: number;
  /** 0 to 100. */
  readonly usedMemoryPercent: number;
  /** Of this process, of the memory of the machine. */
  readonly processMemoryPercent: number;
  /** Undefined if the disk is unknown. */
  readonly usedDiskBytes: number | undefined;
  readonly usedDiskPercent: number | undefined;
};

export function systemFigures({ memory, disk, process }: SystemSample): SystemFigures {
  const usedMemoryBytes = memory.totalBytes - memory.availableBytes;
  const usedDiskBytes = disk && disk.totalBytes - disk.freeBytes;
  return {
    usedMemoryBytes,
    usedMemoryPercent: percent(usedMemoryBytes, memory.totalBytes),
    processMemoryPercent: percent(process.rssBytes, memory.totalBytes),
    usedDiskBytes,
    usedDiskPercent: disk && percent(usedDiskBytes as number, disk.totalBytes),
  };
}

/** Names with their values, without those that the machine does not tell. */
export function toldValues(values: { readonly [name: string]: number | undefined }): {
  [name: string]: number;
} {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [name: string]: number };
}

function percent(part: number, whole: number): number {
  return whole > 0 ? Math.round((part / whole) * 1000) / 10 : 0;
}
