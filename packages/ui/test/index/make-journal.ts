import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  encodeRecord,
  type JournalEntry,
  type JournalHeader,
} from "../../../core/src/journal/journal-record.ts";
import { JournalWriter } from "../../../core/src/journal/journal-writer.ts";
import type { LogValues } from "../../../core/src/tracker-contract/log-value.ts";

/** A folder for the runs of one test. */
export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), "acc-ui-"));
}

export const HEADER: JournalHeader = {
  ...{ type: "run", id: "0".repeat(32), projectName: "project", startedMs: 1_000_000 },
  ...{ loggingDir: undefined, script: "/home/me/train.ts", trackers: [] },
};

/** The folder of a run below another folder; it is made. */
export function runFolder(directory: string, name: string): string {
  const folder = join(directory, ".acc", name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Writes a journal as core does. @param entries without their sequences. */
export async function writeJournal(
  folder: string,
  entries: readonly object[],
  header: Partial<JournalHeader> = {},
): Promise<string> {
  const path = join(folder, "journal");
  const writer = await JournalWriter.create(path, encodeRecord({ ...HEADER, ...header }), () => {});
  for (const [sequence, entry] of entries.entries()) {
    writer.append(encodeRecord({ ...entry, sequence } as JournalEntry));
  }
  await writer.close();
  return path;
}

/** An entry of `log`. */
export function logged(values: LogValues, step?: number, wallTimeMs = 1_000_000): object {
  return { type: "metrics", values, context: { ...(step !== undefined && { step }), wallTimeMs } };
}
