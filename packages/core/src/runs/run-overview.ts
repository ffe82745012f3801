import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { readCursor } from "../journal/delivery-cursor.ts";
import { JournalReader } from "../journal/journal-reader.ts";
import type { JournalHeader } from "../journal/journal-record.ts";
import { journalPath } from "../journal/run-folder.ts";
import { RunLock } from "../journal/run-lock.ts";
import { inspectRun, type TrackerProgress } from "../sync/inspect-run.ts";

/** In which state a run is, the first that is true. */
export type RunState =
  /** A process records or delivers it now. */
  | "in use"
  /** A tracker lacks events, and `acc sync` can deliver them. */
  | "pending"
  /** Every tracker has what it accepted, but some events failed: only the journal has them. */
  | "failures"
  /**
   * The user has asked for it to stay, or nothing else is sure to have all of its values; there is nothing to deliver. A
   * killed run is such a one where a tracker wrote its own files: their last values may be missing.
   */
  | "kept"
  /** Every tracker has everything. */
  | "delivered";

/** A run as a list of runs shows it. */
export type RunOverview = {
  readonly folder: string;
  readonly id: string;
  readonly projectName: string;
  /** When it began, in milliseconds since 1970. */
  readonly startedMs: number;
  /** When something was logged last, in milliseconds since 1970. */
  readonly changedMs: number;
  /** Of all its files, in bytes. */
  readonly size: number;
  readonly state: RunState;
  /** The process that uses it now. */
  readonly heldBy?: string;
  readonly trackers: readonly TrackerProgress[];
  /** Whether this machine wrote down what was delivered. */
  readonly isOurs: boolean;
};

/** Looks at a run. The journal of a delivered run is not read. @throws {AcceleratorError} `JOURNAL_INVALID`. */
export async function overviewOf(folder: string): Promise<RunOverview> {
  const { mtimeMs } = await lstat(journalPath(folder));
  const header = await headerOf(folder);
  const stored = await Promise.all(
    header.trackers.map(({ name }) => readCursor(folder, name, header.id)),
  );
  const known = header.trackers.map(({ name, delivers }, i): TrackerProgress => {
    const { delivered = 0, failed = 0, isComplete = false } = stored[i]?.cursor ?? {};
    return { name, delivers, delivered, failed, pending: 0, isComplete };
  });
  const trackers = known.some(isOpen) ? (await inspectRun(folder)).trackers : known;
  const heldBy = await RunLock.holderOf(folder);
  const { id, projectName, startedMs } = header;
  return {
    ...{ folder, id, projectName, startedMs, changedMs: mtimeMs, size: await sizeOf(folder) },
    state: stateOf(trackers, heldBy, header.isKept),
    ...(heldBy === undefined ? {} : { heldBy }),
    trackers,
    isOurs: stored.every(({ isOurs }) => isOurs),
  };
}

function stateOf(
  trackers: readonly TrackerProgress[],
  heldBy: string | undefined,
  isKept = false,
): RunState {
  if (heldBy !== undefined) return "in use";
  if (trackers.some(isOpen)) return "pending";
  if (trackers.some(({ failed }) => failed > 0)) return "failures";
  const isElsewhere = trackers.length > 0 && trackers.every(({ isComplete }) => isComplete);
  return isKept || !isElsewhere ? "kept" : "delivered";
}

/** Whether something is left to deliver to a tracker. */
export function isOpen({ delivers, isComplete }: TrackerProgress): boolean {
  return delivers && !isComplete;
}

async function headerOf(folder: string): Promise<JournalHeader> {
  const reader = await JournalReader.open(journalPath(folder));
  await reader.close();
  return reader.header;
}

async function sizeOf(folder: string): Promise<number> {
  let size = 0;
  // A run that is in use may remove files meanwhile. Links are left out: they may lead in a circle.
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) size += await sizeOf(path);
    else if (entry.isFile()) size += (await lstat(path).catch(() => undefined))?.size ?? 0;
  }
  return size;
}
