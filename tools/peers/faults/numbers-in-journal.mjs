import { JournalReader } from "../../../packages/core/dist/journal/journal-reader.js";
import { findRunFolders, journalPath } from "../../../packages/core/dist/journal/run-folder.js";

/** How many metrics the journal of the one run below a directory holds. */
export async function numbersInJournal(directory) {
  const [folder, ...others] = await findRunFolders(directory);
  if (folder === undefined || others.length > 0) throw new Error(`not one run in ${directory}`);
  const reader = await JournalReader.open(journalPath(folder));
  try {
    const { entries } = await reader.read(reader.firstOffset, { limit: 1e6, limitBytes: 1e9 });
    return entries.filter(({ entry }) => entry.type === "metrics").length;
  } finally {
    await reader.close();
  }
}
