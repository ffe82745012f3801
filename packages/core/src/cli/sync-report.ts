import type { RunProgress } from "../sync/inspect-run.ts";
import type { SyncReport } from "../sync/sync-run.ts";
import { EXIT } from "./exit-codes.ts";

/** A run that cannot be read at all. */
export type Unreadable = { readonly folder: string; readonly error: string };

export const LIST_COLUMNS: readonly string[] = [
  "project",
  "tracker",
  "delivered",
  "failed",
  "pending",
  "run",
];

/** The rows of a run in `acc sync --list`. */
export function listRows(run: RunProgress | Unreadable): string[][] {
  if ("error" in run) return [["", "", "", "", "", `${run.folder}: ${run.error}`]];
  const fault = run.damage ?? run.cutOff;
  const where = run.folder + (fault ? ` (${fault})` : "");
  return run.trackers.map(({ name, delivers, delivered, failed, pending }, index) => [
    index === 0 ? run.header.projectName : "",
    name,
    ...(delivers ? [delivered, failed, pending].map(String) : ["", "", "own files"]),
    index === 0 ? where : "",
  ]);
}

/** What was done for a run, a line for each tracker. */
export function describe(result: SyncReport | Unreadable): string[] {
  if ("error" in result) return [`${result.folder}: ${result.error}`];
  const { folder, header, heldBy, trackers, damage, cutOff } = result;
  const title = `${header.projectName} (${folder})`;
  if (heldBy !== undefined) return [`${title}: skipped, in use by ${heldBy}`];
  if (isRefused(result)) return [`${title}: refused, this machine did not record it`];
  const lines = trackers.map(({ name, delivered, failed, isComplete, obstacle }) => {
    const reason = damage
      ? "events are lost"
      : "the time limit was reached; --timeout-ms raises it";
    const state = isComplete ? "complete" : `not complete: ${obstacle ?? reason}`;
    const failures = failed === 0 ? "" : `, ${failed} failed`;
    return `${title}: ${name} ${state}; ${delivered} events${failures}`;
  });
  if (lines.length === 0) lines.push(`${title}: nothing to deliver`);
  for (const fault of [damage, cutOff]) if (fault) lines.push(`${title}: the journal is ${fault}`);
  return lines;
}

/** What to do about runs that were refused. */
export const REFUSAL: readonly string[] = [
  "A run of another machine, or one that was changed, can name servers and files that you do not know. Look at where it",
  "comes from. If you trust it, deliver it to the servers that your environment names: npx acc sync --trust DIR",
];

export function isRefused(result: SyncReport | Unreadable): boolean {
  return "isRefused" in result && result.isRefused === true;
}

export function isDone(result: SyncReport | Unreadable): boolean {
  return exitCodeOf(result) === EXIT.done;
}

/** With which code `acc sync` would end if this were the only run. */
export function exitCodeOf(result: SyncReport | Unreadable): number {
  if ("error" in result) return EXIT.failed;
  if (isRefused(result)) return EXIT.refused;
  if (result.damage !== undefined) return EXIT.damaged;
  const isComplete = result.trackers.every((tracker) => tracker.isComplete);
  return isComplete && result.heldBy === undefined ? EXIT.done : EXIT.failed;
}

export function toJson(result: SyncReport | RunProgress | Unreadable): unknown {
  if ("error" in result) return result;
  const { header, ...rest } = result;
  const { id, projectName, startedMs } = header;
  return { id, projectName, startedMs, ...rest };
}
