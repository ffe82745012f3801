import { open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { AcceleratorError } from "../errors.ts";
import type { TrackerState } from "../trackers/tracker-options.ts";

/** How far one tracker got with a recording, and what it needs to go on. */
export type DeliveryCursor = {
  /** The next entry to deliver, and where it begins in the journal; undefined at the beginning. */
  readonly sequence: number;
  readonly offset: number | undefined;
  /** Events that the tracker took, and those that it could not. */
  readonly delivered: number;
  readonly failed: number;
  /** Message of the first failure. */
  readonly firstError: string | undefined;
  readonly state: TrackerState | undefined;
  /** Whether the tracker has closed the run: there is nothing left to do. */
  readonly isComplete: boolean;
};

export const START: DeliveryCursor = {
  ...{ sequence: 0, offset: undefined, delivered: 0, failed: 0, firstError: undefined },
  ...{ state: undefined, isComplete: false },
};

/** @throws {AcceleratorError} `JOURNAL_INVALID` if the file is there and cannot be read. */
export async function readCursor(runFolder: string, tracker: string): Promise<DeliveryCursor> {
  const path = cursorPath(runFolder, tracker);
  try {
    return { ...START, ...(JSON.parse(await readFile(path, "utf8")) as Partial<DeliveryCursor>) };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return START;
    throw new AcceleratorError(
      "JOURNAL_INVALID",
      `${path}, which says what ${tracker} has got, cannot be read. Remove it to deliver the run from its beginning.`,
      { cause },
    );
  }
}

/** Replaces the file at once: after a crash there is the old one or the new one. */
export async function writeCursor(
  runFolder: string,
  tracker: string,
  cursor: DeliveryCursor,
): Promise<void> {
  const path = cursorPath(runFolder, tracker);
  const file = await open(`${path}.tmp`, "w", 0o600);
  try {
    await file.writeFile(`${JSON.stringify(cursor)}\n`);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(`${path}.tmp`, path);
}

function cursorPath(runFolder: string, tracker: string): string {
  return join(runFolder, `${encodeURIComponent(tracker)}.cursor.json`);
}
