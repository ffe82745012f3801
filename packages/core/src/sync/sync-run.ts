import { pathToFileURL } from "node:url";
import { messageOf } from "../errors.ts";
import { readCursor, writeCursor } from "../journal/delivery-cursor.ts";
import { JournalReader } from "../journal/journal-reader.ts";
import type { JournalHeader, JournalTracker } from "../journal/journal-record.ts";
import { journalPath } from "../journal/run-folder.ts";
import { RunLock } from "../journal/run-lock.ts";
import { loadPlugin, locateTracker } from "../trackers/load-plugin.ts";
import { TrackerChannel } from "../trackers/tracker-channel.ts";
import type { TrackerReport } from "../trackers/tracker-event.ts";
import { trackerRun } from "../trackers/tracker-run.ts";
import { describeEnd } from "./inspect-run.ts";
import { JournalSource } from "./journal-source.ts";

export type SyncOptions = {
  /** Only this tracker; by default all that lack something. */
  readonly tracker?: string;
  /** A service that has taken nothing for so long is given up. */
  readonly timeoutMs: number;
  /** Gives up at once. */
  readonly signal: AbortSignal;
  readonly warn: (message: string) => void;
};

export type SyncReport = {
  readonly folder: string;
  readonly header: JournalHeader;
  /** Who records or delivers the run at this moment: nothing was done. */
  readonly heldBy?: string;
  readonly trackers: readonly TrackerReport[];
  readonly damage?: string;
};

/**
 * Delivers what the trackers of a recording lack, and closes their runs.
 *
 * @throws {AcceleratorError} `JOURNAL_INVALID` if nothing can be read.
 */
export async function syncRun(folder: string, options: SyncOptions): Promise<SyncReport> {
  const reader = await JournalReader.open(journalPath(folder));
  const { header } = reader;
  const lock = await RunLock.acquire(folder);
  if (!(lock instanceof RunLock)) {
    await reader.close();
    return { folder, header, heldBy: lock, trackers: [] };
  }
  try {
    const chosen = header.trackers.filter(
      ({ name, delivers }) => delivers && (options.tracker ?? name) === name,
    );
    const sources = chosen.map(() => new JournalSource(reader));
    const reports = await Promise.all(
      chosen.map((tracker, i) =>
        syncTracker(folder, header, tracker, sources[i] as JournalSource, options),
      ),
    );
    const damage = sources.map(({ end }) => describeEnd(end)).find((text) => text !== undefined);
    return { folder, header, trackers: reports, ...(damage === undefined ? {} : { damage }) };
  } finally {
    await lock.release();
    await reader.close();
  }
}

async function syncTracker(
  folder: string,
  header: JournalHeader,
  { name, options }: JournalTracker,
  source: JournalSource,
  { timeoutMs, signal, warn }: SyncOptions,
): Promise<TrackerReport> {
  const cursor = await readCursor(folder, name);
  if (cursor.isComplete) return reportOf(name, cursor);
  let channel: TrackerChannel | undefined;
  try {
    const scriptUrl = header.script === undefined ? undefined : pathToFileURL(header.script).href;
    const plugin = await loadPlugin(locateTracker(name, scriptUrl));
    const { id, startedMs, script } = header;
    const tracker = plugin.create({
      ...{ projectName: header.projectName, loggingDir: header.loggingDir, options },
      run: trackerRun(
        name,
        { id, startedMs, folder, script, isReplay: true },
        {
          state: cursor.state,
          save: async (state) => await channel?.saveState(state),
          post: () => {}, // nothing logs here
          warn,
        },
      ),
    });
    channel = new TrackerChannel(tracker, {
      ...{ source, cursor, runFolder: folder, warn },
      saveCursor: (next) => writeCursor(folder, name, next),
    });
    await channel.start();
    return await finishWhileItMoves(channel, timeoutMs, signal);
  } catch (error) {
    return { ...reportOf(name, cursor), obstacle: messageOf(error) };
  }
}

/** Lets a channel go on as long as it gets something done. */
async function finishWhileItMoves(
  channel: TrackerChannel,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<TrackerReport> {
  const limit = new AbortController();
  const stop = (): void => limit.abort();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  let { sequence } = channel.cursor;
  const timer = setInterval(() => {
    if (channel.cursor.sequence === sequence) stop();
    sequence = channel.cursor.sequence;
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
  { delivered, failed, sequence, isComplete }: Omit<TrackerReport, "name" | "firstError">,
): TrackerReport {
  return { name, delivered, failed, sequence, isComplete };
}
