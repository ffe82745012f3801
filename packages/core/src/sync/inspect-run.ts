import { requireFit } from "../journal/cursor-fit.ts";
import { type DeliveryCursor, isDropped, readCursor } from "../journal/delivery-cursor.ts";
import { type JournalEnd, JournalReader } from "../journal/journal-reader.ts";
import { isForTrackers, type JournalHeader } from "../journal/journal-record.ts";
import { journalPath } from "../journal/run-folder.ts";
import { describeLosses, findLosses } from "./find-losses.ts";

/** How much of a run is not delivered to one tracker. */
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
  /** What of the journal is lost, and where; undefined if nothing is. */
  readonly damage: string | undefined;
  /** Where the journal was cut off, if its process was killed while it wrote. */
  readonly cutOff: string | undefined;
};

/**
 * Reads the whole journal and counts what is not delivered to each tracker.
 *
 * @throws {AcceleratorError} `JOURNAL_INVALID`.
 */
export async function inspectRun(folder: string): Promise<RunProgress> {
  const reader = await JournalReader.open(journalPath(folder));
  try {
    const { header } = reader;
    const stored = await Promise.all(
      header.trackers.map(({ name }) => readCursor(folder, name, header.id)),
    );
    const cursors = stored.map(({ cursor }) => cursor);
    for (const [i, { name }] of header.trackers.entries()) {
      await requireFit(reader, cursors[i] as DeliveryCursor, name);
    }
    const pending = cursors.map(() => 0);
    let cutOff: string | undefined;
    const losses = await findLosses(reader, ({ entries, end }) => {
      cutOff = describeCut(end);
      for (const { entry } of entries) {
        if (!isForTrackers(entry)) continue;
        for (const [i, { name }] of header.trackers.entries()) {
          const cursor = cursors[i] as DeliveryCursor;
          const isNew = entry.sequence >= cursor.sequence && !isDropped(cursor, entry.sequence);
          const isMine = entry.target === undefined || entry.target === name;
          if (isNew && isMine) pending[i] = (pending[i] ?? 0) + 1;
        }
      }
    });
    const trackers = header.trackers.map(({ name, delivers }, i): TrackerProgress => {
      const { delivered = 0, failed = 0, isComplete = false } = cursors[i] ?? {};
      const left = delivers ? (pending[i] ?? 0) : 0;
      return { name, delivers, delivered, failed, pending: left, isComplete };
    });
    return { folder, header, trackers, damage: losses && describeLosses(losses), cutOff };
  } finally {
    await reader.close();
  }
}

/** What the process that died left behind; undefined if that is nothing. */
export function describeCut(end: JournalEnd | undefined): string | undefined {
  if (end?.kind !== "incomplete") return undefined;
  return `cut off: the record at offset ${end.offset} was not written to its end`;
}
