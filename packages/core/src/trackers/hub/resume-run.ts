import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { basename } from "node:path";
import type { ResumePoint, TrackerRequest } from "../../context/tracker-request.ts";
import { messageOf } from "../../errors.ts";
import { requireFit } from "../../journal/cursor-fit.ts";
import {
  type DeliveryCursor,
  readCursor,
  START,
  type Superseded,
  writeCursor,
} from "../../journal/delivery-cursor.ts";
import { isHeaderOurs } from "../../journal/header-proof.ts";
import { JournalReader } from "../../journal/journal-reader.ts";
import {
  encodeRecord,
  type JournalTracker,
  type ResumeRecord,
} from "../../journal/journal-record.ts";
import { JournalWriter } from "../../journal/journal-writer.ts";
import { journalPath, runFolderNamed, runFolderPath } from "../../journal/run-folder.ts";
import { type RunHistory, readHistory } from "../../journal/run-history.ts";
import { RunLock } from "../../journal/run-lock.ts";
import type { GeneralTracker } from "../../tracker-contract/general-tracker.ts";
import { RepeatedValues } from "./repeated-values.ts";
import { BATCH } from "./tracker-channel.ts";
import type { RunIdentity } from "./tracker-run.ts";

/** A run of an earlier process, ready to go on. */
export type ResumedRun = {
  readonly folder: string;
  readonly lock: RunLock | undefined;
  /** Where it goes on: behind the record that says so. */
  readonly history: RunHistory;
  readonly resume: ResumeRecord;
  readonly repeated: RepeatedValues;
  /** The trackers that the run began with. */
  readonly trackers: readonly JournalTracker[];
  /** What each of them has, by name. */
  readonly cursors: ReadonlyMap<string, DeliveryCursor>;
};

/**
 * Prepares to go on with a run from a checkpoint. Entries behind the checkpoint are superseded: those that a tracker does not have
 * are not delivered to it any more. The record that says so is on the disk before any cursor goes by it: wherever this process is
 * killed, a cursor drops only what the journal says is superseded.
 *
 * @returns undefined, having warned, if the run cannot go on: its journal is gone, in use, or cannot be written.
 */
export async function resumeRun(
  { runId, folder: recorded, checkpoint }: ResumePoint,
  loggingDir: string | undefined,
  warn: (message: string) => void,
): Promise<ResumedRun | undefined> {
  // The project may have been moved.
  const folder = existsSync(recorded) ? recorded : runFolderNamed(loggingDir, basename(recorded));
  const path = journalPath(folder);
  if (!existsSync(path)) return undefined;
  let reader: JournalReader | undefined;
  let lock: RunLock | string | undefined;
  try {
    lock = await RunLock.acquire(folder);
    if (typeof lock === "string") throw new Error(`it is in use by ${lock}`);
    reader = await JournalReader.open(path);
    const { header } = reader;
    if (header.id !== runId) throw new Error("it is the journal of another run");
    // What a tracker has saved says where values and keys go: only what this machine recorded is believed.
    if (!isHeaderOurs(header)) throw new Error("another machine recorded it");
    const { trackers } = header;
    const resumes: ResumeRecord[] = [];
    const history = await readHistory(reader, (entry) => {
      if (entry.type === "resume") resumes.push(entry);
    });
    const from = history.checkpoints.get(checkpoint);
    if (from === undefined) {
      warn(
        `The journal in ${folder} does not know the checkpoint that the run goes on from, so values that were logged behind it may be ` +
          "there twice.",
      );
    }
    const found: [name: string, cursor: DeliveryCursor][] = [];
    for (const { name } of trackers.filter(({ delivers }) => delivers)) {
      found.push([name, await ownCursor(reader, folder, name)]);
    }
    // After a loss of power a tracker may have more than the journal: a number that it knows is not used again.
    const next = Math.max(history.next, ...found.map(([, { sequence }]) => sequence));
    const resume: ResumeRecord = {
      ...{ type: "resume", from: from ?? next, checkpoint },
      ...{ startedMs: Date.now(), sequence: next },
    };
    // What was under way is read before the record is behind it.
    const cursors = new Map<string, DeliveryCursor>();
    for (const [name, cursor] of found) {
      cursors.set(name, await supersede(reader, cursor, resume));
    }
    await writeResume(path, history.end, resume);
    for (const [name, cursor] of cursors) await writeCursor(folder, name, runId, cursor);
    const repeated = new RepeatedValues([...resumes, resume], warn);
    await reader.close();
    reader = await JournalReader.open(path); // the first one may hold what lay there before
    const now = await readHistory(reader, (entry) => repeated.see(entry));
    return {
      folder,
      lock: lock instanceof RunLock ? lock : undefined,
      history: now,
      resume,
      repeated,
      trackers,
      cursors,
    };
  } catch (error) {
    if (lock instanceof RunLock) await lock.release();
    warn(`The run of the checkpoint, in ${folder}, cannot go on: ${messageOf(error)}.`);
    return undefined;
  } finally {
    await reader?.close();
  }
}

/** The run that a request begins or goes on with. */
export function identityOf(
  { loggingDir, script, resume }: TrackerRequest,
  resumed: ResumedRun | undefined,
): RunIdentity {
  const about = { script, isReplay: false, ...(resume && { resumed: { step: resume.step } }) };
  if (resume && resumed) {
    return { id: resume.runId, startedMs: resume.startedMs, folder: resumed.folder, ...about };
  }
  const startedMs = Date.now();
  const id = randomUUID().replaceAll("-", "");
  return { id, startedMs, folder: runFolderPath(loggingDir, id, startedMs), ...about };
}

/**
 * Where a tracker goes on. One that writes files itself has what lies before the checkpoint, and what lies behind it is logged
 * again.
 */
export function cursorOf(
  { name }: GeneralTracker,
  { cursors, history, resume }: ResumedRun,
): DeliveryCursor {
  const { sequence } = resume;
  return (
    cursors.get(name) ?? {
      ...START,
      ...{ sequence: history.next, offset: history.end },
      superseded: [{ from: resume.from, deliveredTo: sequence, to: sequence }],
    }
  );
}

/** What a tracker has. @throws {Error} if this machine did not write it, or it does not fit the journal. */
async function ownCursor(
  reader: JournalReader,
  folder: string,
  name: string,
): Promise<DeliveryCursor> {
  const { cursor, isOurs } = await readCursor(folder, name, reader.header.id);
  if (!isOurs) throw new Error(`another machine recorded what ${name} has`);
  await requireFit(reader, cursor, name);
  return cursor;
}

/** The cursor of a tracker, from now on. */
async function supersede(
  reader: JournalReader,
  cursor: DeliveryCursor,
  { from, sequence: next }: ResumeRecord,
): Promise<DeliveryCursor> {
  // The portion that was under way when the process died may have been delivered. It is delivered again, which is the same as
  // once; then what the tracker has is known.
  const { entries } = await reader.read(
    cursor.offset ?? reader.firstOffset,
    BATCH,
    cursor.sequence,
  );
  const tried = (entries.at(-1)?.entry.sequence ?? cursor.sequence - 1) + 1;
  const deliveredTo = Math.max(from, Math.min(tried, next));
  const superseded: Superseded[] = [...cursor.superseded, { from, deliveredTo, to: next }];
  return { ...cursor, superseded, isComplete: false };
}

/** Removes what the killed process did not write to its end, and appends the record. @throws {Error} of the file system. */
async function writeResume(path: string, end: number, resume: ResumeRecord): Promise<void> {
  let failure: Error | undefined;
  const writer = await JournalWriter.resume(path, end, (error) => {
    failure = error;
  });
  writer.append(encodeRecord(resume));
  await writer.flush().finally(() => writer.close());
  if (failure) throw failure;
}
