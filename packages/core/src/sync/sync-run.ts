import { messageOf } from "../errors.ts";
import { requireFit } from "../journal/cursor-fit.ts";
import { type DeliveryCursor, readCursor, writeCursor } from "../journal/delivery-cursor.ts";
import { isHeaderOurs } from "../journal/header-proof.ts";
import { JournalReader, type PlacedEntry } from "../journal/journal-reader.ts";
import type { JournalHeader, JournalTracker, ResumeRecord } from "../journal/journal-record.ts";
import { journalPath } from "../journal/run-folder.ts";
import { RunLock } from "../journal/run-lock.ts";
import { safeText } from "../safe-text.ts";
import type { TrackerReport } from "../tracker-contract/tracker-event.ts";
import { type RepeatedValues, readRepeated } from "../trackers/hub/repeated-values.ts";
import { TrackerChannel } from "../trackers/hub/tracker-channel.ts";
import { containedPath } from "./contained-path.ts";
import { describeLosses, findLosses } from "./find-losses.ts";
import { describeCut } from "./inspect-run.ts";
import { JournalSource } from "./journal-source.ts";
import { openTracker } from "./open-tracker.ts";
import { requirePlainFolder } from "./require-plain-folder.ts";

export type SyncOptions = {
  /** Only this tracker; by default all with undelivered events. */
  readonly tracker?: string;
  /** Delivery to a service stops after this time without an accepted event, in milliseconds. */
  readonly timeoutMs: number;
  /** Whether the user trusts a run that this machine did not record. */
  readonly trusts: (folder: string) => boolean;
  /** Stops the delivery at once. */
  readonly signal: AbortSignal;
  readonly warn: (message: string) => void;
};

export type SyncReport = {
  readonly folder: string;
  readonly header: JournalHeader;
  /** The process that records or delivers the run at this moment: nothing was done. */
  readonly heldBy?: string;
  /** This machine did not record the run, and the user did not say that it may be trusted: nothing was done. */
  readonly isRefused?: true;
  readonly trackers: readonly TrackerReport[];
  /** What of the journal is lost: its events are not delivered, and the run is not closed. */
  readonly damage?: string;
  readonly cutOff?: string;
};

/** A tracker of a run with what is left to do for it. */
type Task = JournalTracker & { readonly cursor: DeliveryCursor };

/**
 * Delivers to the trackers of a run what they did not receive, and closes their runs.
 *
 * A run that this machine did not record is delivered only if the user trusts it, and then to where this machine's
 * environment says: whoever wrote it must not choose who gets the user's keys.
 *
 * @throws {AcceleratorError} `JOURNAL_INVALID` if nothing can be read.
 */
export async function syncRun(folder: string, options: SyncOptions): Promise<SyncReport> {
  await requirePlainFolder(folder);
  const reader = await JournalReader.open(journalPath(folder));
  const { header } = reader;
  let lock: RunLock | string | undefined;
  try {
    // A stranger's folder is not even locked.
    if (isRefused(folder, await readTasks(folder, header, options.tracker), options)) {
      return { folder, header, trackers: [], isRefused: true };
    }
    lock = await RunLock.acquire(folder);
    if (!(lock instanceof RunLock)) return { folder, header, heldBy: lock, trackers: [] };
    // Read again: another process may have delivered meanwhile.
    const found = await readTasks(folder, header, options.tracker);
    if (isRefused(folder, found, options)) return { folder, header, trackers: [], isRefused: true };
    const { tasks, isOurs } = found;
    for (const { name, cursor } of tasks) await requireFit(reader, cursor, name);
    const isOpen = tasks.some(({ cursor }) => !cursor.isComplete);
    const resumes: ResumeRecord[] = [];
    const note = ({ entry }: PlacedEntry): void => {
      if (entry.type === "resume") resumes.push(entry);
    };
    const losses = isOpen
      ? await findLosses(reader, ({ entries }) => entries.forEach(note))
      : undefined;
    const repeated = await readRepeated(reader, resumes, options.warn);
    const sources = tasks.map(() => new JournalSource(reader, losses !== undefined));
    const reports = await Promise.all(
      tasks.map((task, i) =>
        syncTracker(
          { folder, header, isOurs, repeated },
          task,
          sources[i] as JournalSource,
          options,
        ),
      ),
    );
    const cutOff = sources.map(({ end }) => describeCut(end)).find((text) => text !== undefined);
    return {
      ...{ folder, header, trackers: reports },
      ...(losses && { damage: describeLosses(losses) }),
      ...(cutOff !== undefined && { cutOff }),
    };
  } finally {
    if (lock instanceof RunLock) await lock.release();
    await reader.close();
  }
}

type Tasks = {
  readonly tasks: readonly Task[];
  /** Whether this machine wrote the header and the cursors. */
  readonly isOurs: boolean;
  /** Whether it wrote the header, and not all of the cursors. */
  readonly isChanged: boolean;
};

/** There is nothing to refuse where all is delivered; but who changed a run of ours may have written that too. */
function isRefused(
  folder: string,
  { tasks, isOurs, isChanged }: Tasks,
  { trusts }: SyncOptions,
): boolean {
  const isDone = !isChanged && tasks.every(({ cursor }) => cursor.isComplete === true);
  return !isOurs && !isDone && !trusts(folder);
}

/** @param only the name of the one tracker that is asked for. */
async function readTasks(
  folder: string,
  header: JournalHeader,
  only: string | undefined,
): Promise<Tasks> {
  const chosen = header.trackers.filter(
    ({ name, delivers }) => delivers && (only ?? name) === name,
  );
  const stored = await Promise.all(chosen.map(({ name }) => readCursor(folder, name, header.id)));
  const tasks = chosen.map((tracker, i) => ({
    ...tracker,
    cursor: (stored[i] as (typeof stored)[0]).cursor,
  }));
  const isRecordedHere = isHeaderOurs(header);
  const areCursorsOurs = stored.every(({ isOurs }) => isOurs);
  return {
    tasks,
    isOurs: isRecordedHere && areCursorsOurs,
    isChanged: isRecordedHere && !areCursorsOurs,
  };
}

async function syncTracker(
  run: {
    readonly folder: string;
    readonly header: JournalHeader;
    readonly isOurs: boolean;
    readonly repeated: RepeatedValues | undefined;
  },
  { name, options, cursor }: Task,
  source: JournalSource,
  { timeoutMs, signal, warn }: SyncOptions,
): Promise<TrackerReport> {
  if (cursor.isComplete) return reportOf(name, cursor);
  const { folder, header } = run;
  let channel: TrackerChannel | undefined;
  try {
    const recorded = { name, options, state: cursor.state };
    const tracker = await openTracker(run, recorded, {
      save: async (state) => await channel?.saveState(state),
      warn,
    });
    channel = new TrackerChannel(tracker, {
      ...{ source, cursor, runFolder: folder, warn },
      ...(run.repeated && { repeated: run.repeated }),
      locate: (path) => containedPath(folder, path),
      saveCursor: (next) => writeCursor(folder, name, header.id, next),
    });
    await channel.start();
    return await finishUnlessStalled(channel, timeoutMs, signal);
  } catch (error) {
    return { ...reportOf(name, cursor), obstacle: safeText(messageOf(error)) };
  }
}

/** Lets a channel continue as long as it makes progress. */
async function finishUnlessStalled(
  channel: TrackerChannel,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<TrackerReport> {
  const limit = new AbortController();
  const stop = (): void => limit.abort();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  // A tracker saves its state also within a delivery that takes long: that is progress too.
  let { cursor } = channel;
  const timer = setInterval(() => {
    if (channel.cursor === cursor) stop();
    cursor = channel.cursor;
  }, timeoutMs);
  try {
    return await channel.finish(limit.signal);
  } finally {
    clearInterval(timer);
    signal.removeEventListener("abort", stop);
  }
}

function reportOf(
  name: string,
  {
    delivered,
    failed,
    sequence,
    isComplete,
  }: Omit<TrackerReport, "name" | "firstError" | "delivers">,
): TrackerReport {
  return { name, delivered, failed, sequence, isComplete, delivers: true };
}
