import { relative } from "node:path";
import type { RunOverview } from "../runs/run-overview.ts";
import type { TrackerProgress } from "../sync/inspect-run.ts";

export const RUN_COLUMNS: readonly string[] = [
  ...["age", "size", "state", "project", "trackers", "run"],
];

/** The row of a run. */
export function runRow(run: RunOverview, nowMs: number): string[] {
  return [
    durationText(nowMs - run.changedMs),
    sizeText(run.size),
    run.state,
    run.projectName,
    run.trackers.map(trackerText).join(", "),
    pathText(run.folder),
  ];
}

/** The path of a run as a user would type it. */
export function pathText(folder: string): string {
  const path = relative(process.cwd(), folder);
  return path === "" ? "." : path;
}

function trackerText({ name, pending, failed }: TrackerProgress): string {
  const parts = [
    ...(pending > 0 ? [`${pending} pending`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  return parts.length === 0 ? name : `${name} (${parts.join(", ")})`;
}

const UNITS: readonly (readonly [seconds: number, unit: string])[] = [
  ...([
    [86_400, "d"],
    [3600, "h"],
    [60, "min"],
  ] as const),
];

/** A duration in its largest unit. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, ms / 1000);
  const [size, unit] = UNITS.find(([least]) => seconds >= least) ?? [1, "s"];
  return `${Math.floor(seconds / size)} ${unit}`;
}

/** Bytes as a person reads them. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const power = Math.min(4, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(1)} ${["B", "kB", "MB", "GB", "TB"][power]}`;
}
