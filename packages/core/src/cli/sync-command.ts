import { realpathSync } from "node:fs";
import { AcceleratorError, messageOf } from "../errors.ts";
import { nearestName } from "../options/nearest-name.ts";
import { pause } from "../pause.ts";
import { findRuns } from "../runs/find-runs.ts";
import { inspectRun, type RunProgress, type TrackerProgress } from "../sync/inspect-run.ts";
import { isWithin } from "../sync/is-within.ts";
import { type SyncReport, syncRun } from "../sync/sync-run.ts";
import type { Command, OptionValues } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { numberOption, oneOperand } from "./parse-arguments.ts";
import { requireFolder } from "./require-folder.ts";
import {
  describe,
  exitCodeOf,
  isDone,
  isRefused,
  LIST_COLUMNS,
  listRows,
  REFUSAL,
  toJson,
  type Unreadable,
} from "./sync-report.ts";
import { formatTable } from "./table.ts";
import { printJson, printLines, printWarning } from "./terminal.ts";

const DEFAULT_TIMEOUT_MS = 60_000;

const WATCH_INTERVAL_MS = 5_000;

type SyncArguments = {
  readonly directory: string;
  readonly list: boolean;
  readonly json: boolean;
  readonly watch: boolean;
  readonly tracker: string | undefined;
  readonly trust: string | undefined;
  readonly timeoutMs: number;
};

/** `acc sync`: delivers the undelivered events of the runs below a directory, or lists them. */
export const syncCommand: Command = {
  name: "sync",
  summary:
    "delivers the undelivered events of the runs below a directory (default: the working directory)",
  operands: "[DIRECTORY]",
  options: {
    tracker: { type: "string", value: "NAME", help: "only this tracker" },
    list: {
      type: "boolean",
      help: "show runs, trackers and how much is pending; deliver nothing",
    },
    watch: { type: "boolean", help: "go on until Ctrl-C" },
    json: { type: "boolean", help: "for programs" },
    trust: {
      ...{ type: "string", value: "DIR" },
      help: "also deliver runs below DIR that this machine did not record, to the servers that your environment names",
    },
    "timeout-ms": {
      ...{ type: "string", value: "MS" },
      help: "stop when a service has accepted nothing for this long (default: 60000)",
    },
  },
  async run(values, operands, signal) {
    const parsed = syncArguments(values, operands);
    requireFolder("acc sync", parsed.directory);
    if (parsed.trust !== undefined) requireFolder("acc sync --trust", parsed.trust);
    if (parsed.list) return await list(parsed);
    for (;;) {
      const { results, isWhole } = await syncAll(parsed, signal);
      if (!parsed.watch) requireTracker(results, parsed);
      if (parsed.json) printJson(results.map(toJson));
      else print(results, parsed);
      if (parsed.watch && !signal.aborted) await pause(WATCH_INTERVAL_MS, signal);
      if (parsed.watch && !signal.aborted) continue;
      return Math.max(isWhole ? EXIT.done : EXIT.failed, ...results.map(exitCodeOf));
    }
  },
};

function syncArguments(values: OptionValues, operands: readonly string[]): SyncArguments {
  const timeoutMs = numberOption(values, "timeout-ms") ?? DEFAULT_TIMEOUT_MS;
  if (!(timeoutMs > 0)) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      `acc sync: --timeout-ms must be above 0, got ${timeoutMs}.`,
    );
  }
  const { list, json, watch } = values;
  const text = (value: string | boolean | undefined) =>
    typeof value === "string" ? value : undefined;
  const trust = text(values.trust);
  return {
    directory: oneOperand("acc sync", operands, trust),
    ...{ list: list === true, json: json === true, watch: watch === true, timeoutMs },
    ...{ trust, tracker: text(values.tracker) },
  };
}

/**
 * Checks that a tracker which the user named is one of those that the runs have: nothing was delivered if it is not.
 *
 * @throws {AcceleratorError} `OPTION_INVALID` with the name that was probably meant.
 */
function requireTracker(
  results: readonly (SyncReport | RunProgress | Unreadable)[],
  { directory, tracker }: SyncArguments,
): void {
  const headers = results.flatMap((result) => ("header" in result ? [result.header] : []));
  const names = [...new Set(headers.flatMap(({ trackers }) => trackers.map(({ name }) => name)))];
  if (tracker === undefined || headers.length === 0 || names.includes(tracker)) return;
  const near = nearestName(tracker, names);
  const advice =
    near === undefined ? `They have: ${names.join(", ") || "none"}.` : `Did you mean "${near}"?`;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `acc sync: no run below ${directory} has a tracker "${tracker}". ${advice}`,
  );
}

/** @returns also whether every folder could be searched. */
async function syncAll(
  { directory, tracker, trust, timeoutMs }: SyncArguments,
  signal: AbortSignal,
): Promise<{ readonly results: (SyncReport | Unreadable)[]; readonly isWhole: boolean }> {
  const options = {
    ...{ timeoutMs, signal, warn: printWarning },
    trusts: (folder: string) =>
      trust !== undefined && isWithin(realpathSync(trust), realpathSync(folder)),
    ...(tracker === undefined ? {} : { tracker }),
  };
  const results: (SyncReport | Unreadable)[] = [];
  const { folders, isWhole } = await findFolders(directory);
  for (const folder of folders) {
    if (signal.aborted) break;
    results.push(await syncRun(folder, options).catch((error) => unreadable(folder, error)));
  }
  return { results, isWhole };
}

async function list(parsed: SyncArguments): Promise<number> {
  const { directory, json, tracker } = parsed;
  const { folders, isWhole } = await findFolders(directory);
  const runs: (RunProgress | Unreadable)[] = [];
  for (const folder of folders) {
    // One after the other: thousands of open files are more than a process may have.
    const run = await inspectRun(folder).catch((error) => unreadable(folder, error));
    const isShown = ({ name }: TrackerProgress): boolean => (tracker ?? name) === name;
    runs.push("error" in run ? run : { ...run, trackers: run.trackers.filter(isShown) });
  }
  requireTracker(runs, parsed);
  if (json) printJson(runs.map(toJson), 2);
  else if (runs.length === 0) printNothing(directory);
  else printLines(formatTable(LIST_COLUMNS, runs.flatMap(listRows)));
  return isWhole ? EXIT.done : EXIT.failed;
}

async function findFolders(
  directory: string,
): Promise<{ readonly folders: readonly string[]; readonly isWhole: boolean }> {
  const { folders, unsearched } = await findRuns(directory);
  for (const line of unsearched) printWarning(line);
  return { folders, isWhole: unsearched.length === 0 };
}

function print(
  results: readonly (SyncReport | Unreadable)[],
  { directory, watch }: SyncArguments,
): void {
  if (results.length === 0 && !watch) printNothing(directory);
  for (const result of results) if (!watch || !isDone(result)) printLines(describe(result));
  if (results.some(isRefused)) printLines(REFUSAL);
}

function printNothing(directory: string): void {
  printLines([`There are no runs below ${directory}.`]);
}

function unreadable(folder: string, error: unknown): Unreadable {
  return { folder, error: messageOf(error) };
}
