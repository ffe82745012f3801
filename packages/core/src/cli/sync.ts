import { messageOf } from "../errors.ts";
import { findRunFolders } from "../journal/run-folder.ts";
import { inspectRun, type RunProgress } from "../sync/inspect-run.ts";
import { type SyncReport, syncRun } from "../sync/sync-run.ts";
import { parseSyncArguments, type SyncArguments } from "./sync-arguments.ts";
import { formatTable } from "./table.ts";

const WATCH_INTERVAL_MS = 5_000;
const LIST_COLUMNS = ["project", "tracker", "delivered", "failed", "pending", "run"];

/** A recording of which nothing can be read. */
type Unreadable = { readonly folder: string; readonly error: string };

/**
 * `acc sync`: delivers what trackers lack of the recordings below a directory, or lists it. Resolves with 0 if nothing
 * is left to do, else with 1.
 *
 * @throws {AcceleratorError} `OPTION_INVALID`.
 */
export async function sync(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const parsed = parseSyncArguments(argv);
  if (parsed.list) return await list(parsed);
  for (;;) {
    const results = await syncAll(parsed, signal);
    if (parsed.json) process.stdout.write(`${JSON.stringify(results.map(toJson))}\n`);
    else print(results, parsed);
    if (parsed.watch && !signal.aborted) await pause(WATCH_INTERVAL_MS, signal);
    if (!parsed.watch || signal.aborted) return results.every(isDone) ? 0 : 1;
  }
}

async function syncAll(
  { directory, tracker, timeoutMs }: SyncArguments,
  signal: AbortSignal,
): Promise<(SyncReport | Unreadable)[]> {
  const warn = (message: string): boolean => process.stderr.write(`Warning: ${message}\n`);
  const options = { timeoutMs, signal, warn, ...(tracker === undefined ? {} : { tracker }) };
  const results: (SyncReport | Unreadable)[] = [];
  for (const folder of await findRunFolders(directory)) {
    if (signal.aborted) break;
    results.push(await syncRun(folder, options).catch((error) => unreadable(folder, error)));
  }
  return results;
}

async function list({ directory, json }: SyncArguments): Promise<number> {
  const folders = await findRunFolders(directory);
  const runs = await Promise.all(
    folders.map((folder) => inspectRun(folder).catch((error) => unreadable(folder, error))),
  );
  if (json) process.stdout.write(`${JSON.stringify(runs.map(toJson), undefined, 2)}\n`);
  else if (runs.length === 0) printNothing(directory);
  else process.stdout.write(formatTable(LIST_COLUMNS, runs.flatMap(listRows)));
  return 0;
}

function listRows(run: RunProgress | Unreadable): string[][] {
  if ("error" in run) return [["", "", "", "", "", `${run.folder}: ${run.error}`]];
  const where = run.folder + (run.damage ? ` (${run.damage})` : "");
  return run.trackers.map(({ name, delivers, delivered, failed, pending }, index) => [
    index === 0 ? run.header.projectName : "",
    name,
    ...(delivers ? [delivered, failed, pending].map(String) : ["", "", "own files"]),
    index === 0 ? where : "",
  ]);
}

function print(
  results: readonly (SyncReport | Unreadable)[],
  { directory, watch }: SyncArguments,
): void {
  if (results.length === 0 && !watch) printNothing(directory);
  for (const result of results) {
    if (!watch || !isDone(result)) process.stdout.write(`${describe(result).join("\n")}\n`);
  }
}

function printNothing(directory: string): void {
  process.stdout.write(`There are no recordings below ${directory}.\n`);
}

function describe(result: SyncReport | Unreadable): string[] {
  if ("error" in result) return [`${result.folder}: ${result.error}`];
  const { folder, header, heldBy, trackers, damage } = result;
  const title = `${header.projectName} (${folder})`;
  if (heldBy !== undefined) return [`${title}: left alone, in use by ${heldBy}`];
  const lines = trackers.map(({ name, delivered, failed, isComplete, obstacle }) => {
    const state = isComplete ? "complete" : `not complete: ${obstacle ?? "time was up"}`;
    const failures = failed === 0 ? "" : `, ${failed} failed`;
    return `${title}: ${name} ${state}; ${delivered} events${failures}`;
  });
  if (lines.length === 0) lines.push(`${title}: nothing to deliver`);
  return damage === undefined ? lines : [...lines, `${title}: the journal is ${damage}`];
}

function isDone(result: SyncReport | Unreadable): boolean {
  if ("error" in result) return false;
  return result.heldBy === undefined && result.trackers.every(({ isComplete }) => isComplete);
}

function toJson(result: SyncReport | RunProgress | Unreadable): unknown {
  if ("error" in result) return result;
  const { header, ...rest } = result;
  const { id, projectName, startedMs } = header;
  return { id, projectName, startedMs, ...rest };
}

function unreadable(folder: string, error: unknown): Unreadable {
  return { folder, error: messageOf(error) };
}

function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, delayMs);
    signal.addEventListener("abort", end, { once: true });
  });
}
