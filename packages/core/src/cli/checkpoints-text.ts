import { join } from "node:path";
import { PIN } from "../checkpoint/files/checkpoint-names.ts";
import type { FoundCheckpoint } from "../checkpoint/files/find-checkpoints.ts";
import { exists } from "../checkpoint/files/litter.ts";
import { durationText, pathText, sizeText } from "./runs-text.ts";

/** What `acc checkpoints list` shows; `null` for what an incomplete one does not say. */
export type CheckpointOverview = {
  readonly folder: string;
  readonly iteration: number;
  readonly state: "complete" | "damaged" | "too new" | "unreadable";
  readonly fault: string | null;
  readonly isPinned: boolean;
  /** Bytes of its files. */
  readonly size: number | null;
  readonly createdMs: number | null;
  readonly steps: number | null;
  readonly epoch: number | null;
  readonly reason: string | null;
  /** By name; as text if a number is none for JSON. */
  readonly metrics: Readonly<Record<string, number | string>> | null;
};

export const CHECKPOINT_COLUMNS: readonly string[] = [
  ...["age", "size", "state", "steps", "epoch", "reason", "metrics", "checkpoint"],
];

export function sizeOf({ manifest }: FoundCheckpoint): number {
  return (manifest?.files ?? []).reduce((sum, { bytes }) => sum + bytes, 0);
}

export async function overviewOf(found: FoundCheckpoint): Promise<CheckpointOverview> {
  const { folder, iteration, manifest, fault } = found;
  const isPinned = await exists(join(folder, PIN)).catch(() => false);
  const metrics = Object.entries(manifest?.metrics ?? {}).map(([name, value]) => [
    name,
    Number.isFinite(value) ? value : String(value),
  ]);
  return {
    ...{ folder, iteration, state: stateOf(found), fault: fault?.message ?? null, isPinned },
    size: manifest ? sizeOf(found) : null,
    createdMs: manifest?.createdMs ?? null,
    steps: manifest?.steps ?? null,
    epoch: manifest?.epoch ?? null,
    reason: manifest?.reason ?? null,
    metrics: manifest ? Object.fromEntries(metrics) : null,
  };
}

function stateOf({ fault }: FoundCheckpoint): CheckpointOverview["state"] {
  if (!fault) return "complete";
  if (fault.code === "CHECKPOINT_DAMAGED") return "damaged";
  return fault.code === "CHECKPOINT_TOO_NEW" ? "too new" : "unreadable";
}

/** The row of a checkpoint. */
export function checkpointRow(overview: CheckpointOverview): string[] {
  const { folder, state, isPinned, size, createdMs, steps, epoch, reason, metrics } = overview;
  return [
    createdMs === null ? "" : durationText(Date.now() - createdMs),
    size === null ? "" : sizeText(size),
    isPinned ? `${state}, kept` : state,
    String(steps ?? ""),
    String(epoch ?? ""),
    reason ?? "",
    Object.entries(metrics ?? {})
      .map(([name, value]) => `${name}=${value}`)
      .join(" "),
    pathText(folder),
  ];
}
