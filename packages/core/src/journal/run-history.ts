import type { JournalReader } from "./journal-reader.ts";
import type { JournalEntry } from "./journal-record.ts";

/** What a process that goes on with a run must know of its journal. */
export type RunHistory = {
  /** The sequence of the next entry. */
  readonly next: number;
  /** Where it is to be written: behind the last sound record. */
  readonly end: number;
  /** The entry behind the mark of a checkpoint, by the checkpoint's id. */
  readonly checkpoints: ReadonlyMap<string, number>;
};

/** @param see is given every entry. */
export async function readHistory(
  reader: JournalReader,
  see: (entry: JournalEntry) => void = () => {},
): Promise<RunHistory> {
  const checkpoints = new Map<string, number>();
  let next = 0;
  let last = reader.firstOffset;
  for await (const { entries, end } of reader.portions()) {
    for (const { entry } of entries) {
      if (entry.type === "checkpoint") checkpoints.set(entry.id, entry.sequence + 1);
      next = entry.sequence + 1;
      see(entry);
    }
    if (end) last = end.offset;
  }
  return { next, end: last, checkpoints };
}
