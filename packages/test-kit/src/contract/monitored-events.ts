import type { MonitorEvent, SystemSample } from "@acc/core";

const SAMPLE: SystemSample = {
  ...{ cpuPercent: 50, cores: [40, 60], loadAverage: 1.5 },
  memory: { totalBytes: 8 * 2 ** 30, availableBytes: 2 * 2 ** 30 },
  disk: { totalBytes: 100 * 2 ** 30, freeBytes: 80 * 2 ** 30 },
  process: { cpuPercent: 120, rssBytes: 512 * 2 ** 20, threads: 7 },
  replicas: [
    { rank: 0, cpuPercent: 90 },
    { rank: 1, cpuPercent: 30 },
  ],
};

/** What the host observes of a run of two replicas: two samples, and three lines. @param to the tracker that gets it. */
export function monitoredEvents(to: string, startedMs: number): MonitorEvent[] {
  const at = (seconds: number) => ({
    to: [to],
    context: { wallTimeMs: startedMs + seconds * 1000 },
  });
  const line = (rank: number, text: string, isError: boolean) => ({
    ...{ text, isError, rank, timeMs: startedMs + 11_000 + rank },
  });
  return [
    { type: "system", sample: SAMPLE, ...at(10) },
    {
      ...{ type: "console", ...at(11) },
      lines: [line(0, "one é", false), line(1, "two", true)],
    },
    { type: "system", sample: { ...SAMPLE, cpuPercent: 60 }, ...at(20) },
    { type: "console", lines: [line(1, "three", false)], ...at(21) },
  ];
}
