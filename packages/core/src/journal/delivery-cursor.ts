import { open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { AcceleratorError } from "../errors.ts";
import { type Claim, isProven, proofOf } from "../provenance/proof.ts";
import type { TrackerState } from "../tracker-contract/tracker-options.ts";

/** How much of a run was delivered to one tracker, and what it needs to continue. */
export type DeliveryCursor = {
  /** The next entry to deliver, and where it begins in the journal; undefined at the beginning. */
  readonly sequence: number;
  readonly offset: number | undefined;
  /** Number of events that were delivered, and number of events that failed. */
  readonly delivered: number;
  readonly failed: number;
  /** Message of the first failure. */
  readonly firstError: string | undefined;
  readonly state: TrackerState | undefined;
  /** Whether the tracker has closed the run: there is nothing left to do. */
  readonly isComplete: boolean;
  /** What the run superseded when it went on from a checkpoint, oldest first. */
  readonly superseded: readonly Superseded[];
};

/** Entries that a run logs again, because it goes on from a checkpoint before them. */
export type Superseded = {
  readonly from: number;
  /** Those before this one were delivered, or may have been. The others never will be. */
  readonly deliveredTo: number;
  readonly to: number;
};

/** Whether an entry is never delivered to the tracker, because a later one replaces it. */
export function isDropped({ superseded }: DeliveryCursor, sequence: number): boolean {
  return superseded.some(({ deliveredTo, to }) => sequence >= deliveredTo && sequence < to);
}

type Proven = { readonly proof?: string };

export const START: DeliveryCursor = {
  ...{ sequence: 0, offset: undefined, delivered: 0, failed: 0, firstError: undefined },
  ...{ state: undefined, isComplete: false, superseded: [] },
};

/** A cursor as its file holds it. */
export type StoredCursor = {
  readonly cursor: DeliveryCursor;
  /** Whether this machine wrote it; true if there is none. */
  readonly isOurs: boolean;
};

/** @throws {AcceleratorError} `JOURNAL_INVALID` if the file is there and cannot be read. */
export async function readCursor(
  runFolder: string,
  tracker: string,
  runId: string,
): Promise<StoredCursor> {
  const path = cursorPath(runFolder, tracker);
  try {
    const stored = JSON.parse(await readFile(path, "utf8")) as Partial<DeliveryCursor> & Proven;
    const { proof, ...cursor } = stored;
    const isOurs = isProven(claim(runId, tracker), JSON.stringify(cursor), proof);
    return { cursor: { ...START, ...cursor }, isOurs };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") {
      return { cursor: START, isOurs: true };
    }
    throw new AcceleratorError(
      "JOURNAL_INVALID",
      `${path}, which records what was delivered to ${tracker}, cannot be read. Remove it to deliver the whole run again.`,
      { cause },
    );
  }
}

/**
 * Replaces the file atomically: after a crash it is either the old one or the new one. Its only writer holds the lock
 * of the run, so this is simpler than `writeWhole`, which must expect several.
 */
export async function writeCursor(
  runFolder: string,
  tracker: string,
  runId: string,
  cursor: DeliveryCursor,
): Promise<void> {
  const path = cursorPath(runFolder, tracker);
  const proof = proofOf(claim(runId, tracker), JSON.stringify(cursor));
  await rm(`${path}.tmp`, { force: true }); // what is left of a killed process, or a link to another file
  const file = await open(`${path}.tmp`, "wx", 0o600);
  try {
    await file.writeFile(`${JSON.stringify({ ...cursor, proof })}\n`);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(`${path}.tmp`, path);
}

function claim(runId: string, tracker: string): Claim {
  return { kind: "cursor", of: `${runId} ${tracker}` };
}

function cursorPath(runFolder: string, tracker: string): string {
  return join(runFolder, `${encodeURIComponent(tracker)}.cursor.json`);
}
