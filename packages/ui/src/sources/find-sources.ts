import { findRuns, safeText } from "@acc/core/journal";
import { JournalSource } from "./journal-source.ts";
import type { RunSource } from "./run-source.ts";

export type FoundSources = {
  /** Of runs that are not known yet. */
  readonly opened: readonly RunSource[];
  /** Of all runs that were found. */
  readonly folders: ReadonlySet<string>;
  /** What could not be searched or read, one sentence each. */
  readonly unsearched: readonly string[];
};

/** Finds the runs below a folder, in every format. @param known folders of runs that are not opened again. */
export async function findSources(
  directory: string,
  known: ReadonlySet<string>,
): Promise<FoundSources> {
  const { folders, unsearched } = await findRuns(directory);
  const opened: RunSource[] = [];
  const faults = [...unsearched];
  for (const folder of folders) {
    if (known.has(folder)) continue;
    try {
      opened.push(await JournalSource.open(folder));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      faults.push(`${folder} cannot be read: ${safeText(reason)}`);
    }
  }
  return { opened, folders: new Set(folders), unsearched: faults };
}
