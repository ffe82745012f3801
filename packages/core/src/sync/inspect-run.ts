import { readCursor } from "../journal/delivery-cursor.ts";
import { type JournalEnd, JournalReader } from "../journal/journal-reader.ts";
import type { JournalHeader } from "../journal/journal-record.ts";
import { journalPath } from "../journal/run-folder.ts";

/** How far one tracker is behind its recording. */
export type TrackerProgress = {
  readonly name: string;
  /** False: it wrote its own files while the run lasted; there is nothing to send. */
  readonly delivers: boolean;
  readonly delivered: number;
  readonly failed: number;
  readonly pending: number;
  /** Whether the run is closed at the service. */
  readonly isComplete: boolean;
};

export type RunProgress = {
  readonly folder: string;
  readonly header: JournalHeader;
  readonly trackers: readonly TrackerProgress[];
  /** Where and why the journal cannot be read further, if so. */
  readonly damage: string | undefined;
};

const PORTION = { limit: 1000, limitBytes: 1 << 20 };

/** Reads the whole journal and counts what each tracker lacks. @throws {AcceleratorError} `JOURNAL_INVALID`. */
export async function inspectRun(folder: string): Promise<RunProgress> {
  const reader = await JournalReader.open(journalPath(folder));
  try {
    const { header } = reader;
    const cursors = await Promise.all(header.trackers.map(({ name }) => readCursor(folder, name)));
    const pending = cursors.map(() => 0);
    let offset = reader.firstOffset;
    for (;;) {
      const { entries, end } = await reader.read(offset, PORTION);
      for (const { entry } of entries) {
        if (entry.type === "finish") continue;
        for (const [i, { name }] of header.trackers.entries()) {
          const isNew = entry.sequence >= (cursors[i]?.sequence ?? 0);
          const isMine = entry.target === undefined || entry.target === name;
          if (isNew && isMine) pending[i] = (pending[i] ?? 0) + 1;
        }
      }
      offset = entries.at(-1)?.nextOffset ?? offset;
      if (end === undefined) continue;
      const trackers = header.trackers.map(({ name, delivers }, i): TrackerProgress => {
        const { delivered = 0, failed = 0, isComplete = false } = cursors[i] ?? {};
        return { name, delivers, delivered, failed, pending: pending[i] ?? 0, isComplete };
      });
      return { folder, header, trackers, damage: describeEnd(end) };
    }
  } finally {
    await reader.close();
  }
}

/** What is wrong with the end of a journal; undefined if nothing is. */
export function describeEnd(end: JournalEnd | undefined): string | undefined {
  if (end?.kind === "incomplete") {
    return `cut off: the record at offset ${end.offset} was not written to its end`;
  }
  if (end?.kind === "damaged") {
    return `damaged at offset ${end.offset} (${end.reason}): nothing behind it can be read`;
  }
  return undefined;
}
