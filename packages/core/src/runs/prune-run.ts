import { readdir, realpath, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { readFinish } from "../journal/read-finish.ts";
import { journalPath, RUNS_FOLDER } from "../journal/run-folder.ts";
import { RunLock } from "../journal/run-lock.ts";
import { isOpen, overviewOf, type RunOverview } from "./run-overview.ts";

export type PruneOptions = {
  /** Runs that changed later are kept, in milliseconds since 1970. */
  readonly changedBeforeMs: number;
  /** Runs that began then or later are kept, in milliseconds since 1970. */
  readonly startedBeforeMs: number;
  /** Only runs that failed, or were killed. */
  readonly isOnlyFailed: boolean;
  /** Also runs whose values nothing else has: the user has said which. */
  readonly takesKept: boolean;
  /** Only says what would be removed. */
  readonly isDryRun: boolean;
};

/** What became of a run. */
export type PruneResult = {
  readonly run: RunOverview;
  /** Why it stays; undefined if it was removed, or would be. */
  readonly kept?: string;
};

/**
 * Removes the folder of a run that every tracker has received completely. It holds the run's lock meanwhile, so nobody
 * records or delivers it.
 *
 * @throws {AcceleratorError} `JOURNAL_INVALID`, and errors of the file system.
 */
export async function pruneRun(found: string, options: PruneOptions): Promise<PruneResult> {
  const folder = await realpath(found); // a link may have another name than the folder that it leads to
  const run = await overviewOf(folder);
  const kept = reasonToKeep(run, options) ?? (await reasonByEnd(run, options));
  if (kept !== undefined) return { run, kept };
  if (options.isDryRun) return { run };
  const lock = await RunLock.acquire(folder);
  if (!(lock instanceof RunLock)) return { run, kept: `in use by ${lock}` };
  try {
    await removeRun(folder);
  } finally {
    await lock.release();
  }
  return { run };
}

function reasonToKeep(
  run: RunOverview,
  { changedBeforeMs, startedBeforeMs, takesKept }: PruneOptions,
): string | undefined {
  const { folder, id, state, heldBy, trackers, isOurs, changedMs, startedMs } = run;
  if (heldBy !== undefined) return `in use by ${heldBy}`;
  if (state === "pending") {
    const names = trackers.filter(isOpen).map(({ name }) => name);
    return `not delivered to ${names.join(", ")}`;
  }
  if (state === "failures") return "some events failed, and only the journal has them";
  if (state === "kept" && !takesKept) {
    return "only the journal has all of it: say which with --older-than, --keep or --failed";
  }
  if (!isOurs) return "another machine says that it was delivered";
  const isOwnFolder =
    basename(dirname(folder)) === RUNS_FOLDER &&
    /^\d{8}-\d{6}-[0-9a-f]{8}$/.test(basename(folder)) &&
    folder.endsWith(id.slice(0, 8));
  if (!isOwnFolder) return "its folder may have other files: remove it yourself";
  if (startedMs >= startedBeforeMs) return "among the newest";
  return changedMs >= changedBeforeMs ? "not old enough" : undefined;
}

async function reasonByEnd(
  { folder }: RunOverview,
  { isOnlyFailed }: PruneOptions,
): Promise<string | undefined> {
  if (!isOnlyFailed) return undefined;
  const end = await readFinish(journalPath(folder));
  return end?.status === "success" ? "it ended well" : undefined;
}

/** The journal goes before the cursors: if this process is killed, no run is left that seems not to be delivered. */
async function removeRun(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const isState = name === "lock" || name.endsWith(".cursor.json");
    const path = join(folder, name);
    if (!isState && path !== journalPath(folder)) await rm(path, { recursive: true, force: true });
  }
  await rm(journalPath(folder), { force: true });
  await rm(folder, { recursive: true, force: true });
}
