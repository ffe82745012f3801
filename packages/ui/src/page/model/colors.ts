import type { RunSummary } from "../../wire/schema.ts";

const STORED = "acc-colors";
const NUM_COLORS = 8;
const MAX_STORED = 2_000;

/** How a run is drawn, everywhere and always: it belongs to the run, not to its place in a list. */
export type RunStyle = {
  /** A colour of CSS. */
  readonly color: string;
  /** Runs beyond the eighth have the same colours, dashed. */
  readonly isDashed: boolean;
};

/** Gives the next colours to runs that have none, the oldest first, and keeps them in this browser. */
export function assignColors(runs: readonly RunSummary[]): ReadonlyMap<string, number> {
  const colors = new Map<string, number>(stored());
  let next = Math.max(-1, ...colors.values()) + 1;
  const ids = runs.map(({ id }) => id).filter((id) => !colors.has(id));
  for (const id of ids.reverse()) colors.set(id, next++);
  if (ids.length > 0) {
    localStorage.setItem(STORED, JSON.stringify([...colors].slice(-MAX_STORED)));
  }
  return colors;
}

function stored(): [string, number][] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(STORED) ?? "[]");
    return Array.isArray(value) ? (value as [string, number][]) : [];
  } catch {
    return [];
  }
}

export function styleOf(run: RunSummary, colors: ReadonlyMap<string, number>): RunStyle {
  const index = colors.get(run.id) ?? 0;
  const isDashed = run.color === null && Math.floor(index / NUM_COLORS) % 2 === 1;
  return { color: run.color ?? `var(--run-${index % NUM_COLORS})`, isDashed };
}
