import { AcceleratorError, messageOf } from "../errors.ts";
import { findRuns } from "../runs/find-runs.ts";
import { type PruneResult, pruneRun } from "../runs/prune-run.ts";
import { overviewOf, type RunOverview } from "../runs/run-overview.ts";
import type { Command, OptionValues } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { durationOption, numberOption, oneOperand } from "./parse-arguments.ts";
import { requireFolder } from "./require-folder.ts";
import { pathText, RUN_COLUMNS, runRow, sizeText } from "./runs-text.ts";
import { formatTable } from "./table.ts";
import { printJson, printLines, printWarning } from "./terminal.ts";
import { LIST_VALUES, loadUiCommand } from "./ui-package.ts";

/** Options of `acc runs list` that are about what was logged. */
const WITH_VALUES: readonly string[] = ["values", "filter", "columns", "sort"];

/** `acc runs list`: the runs below a directory, the newest last. */
export const runsListCommand: Command = {
  name: "runs list",
  summary: "shows the runs below a directory: age, size, and what is delivered",
  operands: "[DIRECTORY]",
  options: {
    json: { type: "boolean", help: "for programs" },
    values: { type: "boolean", help: "show what was logged instead (needs @acc/ui)" },
    filter: {
      ...{ type: "string", value: "TEXT" },
      help: 'only some runs, with --values: words, -not, "lr>0.01", "loss<0.2", status:failed, has:key',
    },
    columns: {
      ...{ type: "string", value: "A,B" },
      help: "what to show, with --values: names of the configuration or of values",
    },
    sort: {
      ...{ type: "string", value: "COLUMN" },
      help: "by which column, with --values; -COLUMN: the largest first",
    },
  },
  async run(values, operands, signal) {
    if (WITH_VALUES.some((name) => values[name] !== undefined)) {
      const command = await loadUiCommand(LIST_VALUES);
      return await command.run(values, operands, signal);
    }
    const { json } = values;
    const directory = oneOperand("acc runs list", operands);
    const runs: RunOverview[] = [];
    const isWhole = await eachRun("acc runs list", directory, signal, async (folder) => {
      runs.push(await overviewOf(folder));
    });
    runs.sort((a, b) => a.startedMs - b.startedMs);
    if (json) printJson(runs, 2);
    else if (runs.length === 0) printLines([`There are no runs below ${directory}.`]);
    else printLines([...formatTable(RUN_COLUMNS, rowsOf(runs)), "", summaryOf(runs)]);
    return isWhole ? EXIT.done : EXIT.failed;
  },
};

/** `acc runs prune`: removes runs that every tracker has received. */
export const runsPruneCommand: Command = {
  name: "runs prune",
  summary: "removes runs below a directory: those that every tracker has, and old kept ones",
  operands: "[DIRECTORY]",
  options: {
    "older-than": {
      ...{ type: "string", value: "AGE" },
      help: "only runs in which nothing was logged for this long, such as 12h, 7d or 4w",
    },
    keep: { type: "string", value: "N", help: "all but the newest so many runs" },
    failed: { type: "boolean", help: "only runs that failed or were killed" },
    "dry-run": { type: "boolean", help: "say what would be removed, and remove nothing" },
    json: { type: "boolean", help: "for programs" },
  },
  async run(values, operands, signal) {
    const directory = oneOperand("acc runs prune", operands);
    const isDryRun = values["dry-run"] === true;
    const options = {
      ...{ changedBeforeMs: Date.now() - olderThan(values), isDryRun },
      startedBeforeMs: await beforeNewest(values, directory),
      isOnlyFailed: values.failed === true,
      takesKept: ["older-than", "keep", "failed"].some((name) => values[name] !== undefined),
    };
    const results: PruneResult[] = [];
    const isWhole = await eachRun("acc runs prune", directory, signal, async (folder) => {
      results.push(await pruneRun(folder, options));
    });
    if (values.json) printJson(results, 2);
    else printLines(pruneLines(results, isDryRun));
    return isWhole ? EXIT.done : EXIT.failed;
  },
};

/** @returns whether every run could be looked at; the others are named. */
async function eachRun(
  owner: string,
  directory: string,
  signal: AbortSignal,
  look: (folder: string) => Promise<void>,
): Promise<boolean> {
  requireFolder(owner, directory);
  const { folders, unsearched } = await findRuns(directory);
  const faults = [...unsearched];
  for (const folder of folders) {
    if (signal.aborted) throw new AcceleratorError("INTERRUPTED", `${owner} was interrupted.`);
    await look(folder).catch((error) => faults.push(`${pathText(folder)}: ${messageOf(error)}`));
  }
  for (const fault of faults) printWarning(fault);
  return faults.length === 0;
}

function olderThan(values: OptionValues): number {
  return durationOption(values, "older-than") ?? 0;
}

/** When the first of the newest runs began that `--keep` spares. @throws {AcceleratorError} `OPTION_INVALID`. */
async function beforeNewest(values: OptionValues, directory: string): Promise<number> {
  const count = numberOption(values, "keep");
  if (count === undefined) return Number.POSITIVE_INFINITY;
  if (!Number.isInteger(count) || count < 0) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      `acc runs prune: --keep needs a whole number from 0 on, got ${count}.`,
    );
  }
  requireFolder("acc runs prune", directory);
  const { folders } = await findRuns(directory);
  const starts: number[] = [];
  for (const folder of folders) {
    // One that cannot be read is named later, and stays.
    const run = await overviewOf(folder).catch(() => undefined);
    if (run) starts.push(run.startedMs);
  }
  if (count === 0) return Number.POSITIVE_INFINITY;
  return starts.sort((a, b) => b - a)[count - 1] ?? Number.NEGATIVE_INFINITY;
}

function rowsOf(runs: readonly RunOverview[]): string[][] {
  const now = Date.now();
  return runs.map((run) => runRow(run, now));
}

function summaryOf(runs: readonly RunOverview[]): string {
  const delivered = runs.filter(({ state }) => state === "delivered");
  const pending = runs.filter(({ state }) => state === "pending");
  const kept = runs.filter(({ state }) => state === "kept");
  const advice = [
    ...(pending.length > 0 ? [`acc sync delivers ${countOf(pending)}`] : []),
    ...(kept.length > 0 ? [`${countOf(kept)} kept`] : []),
    ...(delivered.length > 0 ? [`acc runs prune removes ${countOf(delivered)}`] : []),
  ];
  return [countOf(runs), ...advice].join("; ");
}

function pruneLines(results: readonly PruneResult[], isDryRun: boolean): string[] {
  const removed = results.filter(({ kept }) => kept === undefined).map(({ run }) => run);
  const kept = results.filter((result) => result.kept !== undefined);
  return [
    ...removed.map(({ folder, size }) => {
      const done = isDryRun ? "would be removed" : "removed";
      return `${pathText(folder)}: ${done} (${sizeText(size)})`;
    }),
    ...kept.map(({ run, kept }) => `${pathText(run.folder)}: kept, ${kept}`),
    `${isDryRun ? "Would remove" : "Removed"} ${countOf(removed)}; kept ${countOf(kept.map(({ run }) => run))}.`,
  ];
}

function countOf(runs: readonly RunOverview[]): string {
  const size = runs.reduce((sum, run) => sum + run.size, 0);
  return `${runs.length === 1 ? "1 run" : `${runs.length} runs`} (${sizeText(size)})`;
}
