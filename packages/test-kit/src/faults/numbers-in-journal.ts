import { JournalReader } from "../../../core/src/journal/journal-reader.ts";
import { journalPath } from "../../../core/src/journal/run-folder.ts";
import { findRuns } from "../../../core/src/runs/find-runs.ts";
import type { LogValues } from "../../../core/src/tracker-contract/log-value.ts";

/** How many metrics the journal of the one run below a directory holds. */
export async function numbersInJournal(directory: string): Promise<number> {
  return (await metricsInJournal(directory)).length;
}

/** The values of each, in the order of the journal. */
export async function metricsInJournal(directory: string): Promise<LogValues[]> {
  const [folder, ...others] = (await findRuns(directory)).folders;
  if (folder === undefined || others.length > 0) throw new Error(`not one run in ${directory}`);
  const reader = await JournalReader.open(journalPath(folder));
  try {
    const { entries } = await reader.read(reader.firstOffset, { limit: 1e6, limitBytes: 1e9 });
    return entries.flatMap(({ entry }) => (entry.type === "metrics" ? [entry.values] : []));
  } finally {
    await reader.close();
  }
}
