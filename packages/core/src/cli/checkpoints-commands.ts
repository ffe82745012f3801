import { join } from "node:path";
import type { FoundCheckpoint } from "../checkpoint/files/find-checkpoints.ts";
import { findCheckpoints } from "../checkpoint/files/find-checkpoints.ts";
import { cleanCheckpoints, exists } from "../checkpoint/files/litter.ts";
import { MANIFEST } from "../checkpoint/files/manifest.ts";
import { verifyCheckpoint } from "../checkpoint/files/read-checkpoint.ts";
import { applyRetention } from "../checkpoint/files/retention.ts";
import type { RetentionRules } from "../checkpoint/files/retention-rules.ts";
import { AcceleratorError, messageOf } from "../errors.ts";
import { CHECKPOINT_COLUMNS, checkpointRow, overviewOf, sizeOf } from "./checkpoints-text.ts";
import type { Command, OptionValues } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { durationOption, numberOption, oneOperand } from "./parse-arguments.ts";
import { requireFolder } from "./require-folder.ts";
import { pathText, sizeText } from "./runs-text.ts";
import { formatTable } from "./table.ts";
import { printJson, printLines, printWarning } from "./terminal.ts";

/** `acc checkpoints list`: the checkpoints in a folder, the oldest first. */
export const checkpointsListCommand: Command = {
  name: "checkpoints list",
  summary:
    "shows the checkpoints in a directory: age, size, steps, metrics, and whether they are complete",
  operands: "[DIRECTORY]",
  options: { json: { type: "boolean", help: "for programs" } },
  async run({ json }, operands) {
    const { folder, found } = await checkpointsOf("acc checkpoints list", operands);
    const overviews = await Promise.all(found.map(overviewOf));
    if (json) printJson(overviews, 2);
    else if (found.length === 0) printLines([`There are no checkpoints in ${pathText(folder)}.`]);
    else printLines(formatTable(CHECKPOINT_COLUMNS, overviews.map(checkpointRow)));
    return EXIT.done;
  },
};

/** `acc checkpoints verify`: reads every byte and compares it with the sums. */
export const checkpointsVerifyCommand: Command = {
  name: "checkpoints verify",
  summary:
    "reads all checkpoints in a directory, or one, and compares every byte with the checksums",
  operands: "[DIRECTORY]",
  options: { json: { type: "boolean", help: "for programs" } },
  async run({ json }, operands, signal) {
    const owner = "acc checkpoints verify";
    const directory = oneOperand(owner, operands);
    requireFolder(owner, directory);
    const isOne = await exists(join(directory, MANIFEST));
    const folders = isOne
      ? [directory]
      : (await checkpointsOf(owner, operands)).found.map(({ folder }) => folder);
    const results: { folder: string; fault: string | null; code: string | null }[] = [];
    for (const folder of folders) {
      if (signal.aborted) throw new AcceleratorError("INTERRUPTED", `${owner} was interrupted.`);
      const error = await verifyCheckpoint(folder).then(() => undefined, asError);
      const fault = error?.message ?? null;
      results.push({ folder, fault, code: error?.code ?? null });
      if (!json)
        printLines([`${pathText(folder)}: ${fault ?? "complete, every byte as it was written"}`]);
    }
    if (json) printJson(results, 2);
    else if (results.length === 0) printLines([`There are no checkpoints in ${directory}.`]);
    if (results.some(({ code }) => code === "CHECKPOINT_DAMAGED")) return EXIT.damaged;
    return results.every(({ code }) => code === null) ? EXIT.done : EXIT.failed;
  },
};

/** `acc checkpoints prune`: removes what no rule wants. */
export const checkpointsPruneCommand: Command = {
  name: "checkpoints prune",
  summary:
    "removes the checkpoints in a directory that no rule wants; the newest and those with a file keep stay",
  operands: "[DIRECTORY]",
  options: {
    keep: { type: "string", value: "N", help: "keep the newest N" },
    "keep-best": {
      ...{ type: "string", value: "METRIC:MODE[:N]" },
      help: "keep the N (1) best by a metric, such as val_loss:min:3",
    },
    "keep-every-steps": {
      ...{ type: "string", value: "N" },
      help: "keep the first one at or after every multiple of N optimizer steps",
    },
    "keep-every": { type: "string", value: "TIME", help: "keep one of every so long, such as 12h" },
    "dry-run": { type: "boolean", help: "say what would be removed, and remove nothing" },
    json: { type: "boolean", help: "for programs" },
  },
  async run(values, operands) {
    const rules = rulesOf(values);
    const { folder } = await checkpointsOf("acc checkpoints prune", operands);
    const isDryRun = values["dry-run"] === true;
    if (!isDryRun) await cleanCheckpoints(folder);
    const victims = await applyRetention(folder, rules, { isDryRun: true });
    const sizes = victims.map(sizeOf);
    if (!isDryRun) await applyRetention(folder, rules);
    const removed = victims.map((victim, index) => ({
      ...{ folder: victim.folder, iteration: victim.iteration, size: sizes[index] ?? 0 },
    }));
    if (values.json) printJson(removed, 2);
    else printLines(pruneLines(removed, isDryRun));
    return EXIT.done;
  },
};

type Removed = { readonly folder: string; readonly size: number };

function pruneLines(removed: readonly Removed[], isDryRun: boolean): string[] {
  const total = removed.reduce((sum, { size }) => sum + size, 0);
  const count = removed.length === 1 ? "1 checkpoint" : `${removed.length} checkpoints`;
  return [
    ...removed.map(({ folder, size }) => {
      const done = isDryRun ? "would be removed" : "removed";
      return `${pathText(folder)}: ${done} (${sizeText(size)})`;
    }),
    `${isDryRun ? "Would remove" : "Removed"} ${count} (${sizeText(total)}).`,
  ];
}

/** Checkpoints are in the directory, or in the folder `checkpoints` of it. */
async function checkpointsOf(
  owner: string,
  operands: readonly string[],
): Promise<{ readonly folder: string; readonly found: readonly FoundCheckpoint[] }> {
  const directory = oneOperand(owner, operands);
  requireFolder(owner, directory);
  const found = await findCheckpoints(directory);
  if (found.length > 0) return { folder: directory, found };
  const inner = join(directory, "checkpoints");
  const innerFound = await findCheckpoints(inner).catch(() => []);
  return innerFound.length > 0
    ? { folder: inner, found: innerFound }
    : { folder: directory, found };
}

/** @throws {AcceleratorError} `OPTION_INVALID`: without any rule there is nothing to do. */
function rulesOf(values: OptionValues): RetentionRules {
  const rules: RetentionRules = {
    totalLimit: numberOption(values, "keep"),
    keepBest: bestOption(values["keep-best"]),
    keepEverySteps: numberOption(values, "keep-every-steps"),
    keepEveryMs: durationOption(values, "keep-every"),
  };
  if (Object.values(rules).some((rule) => rule !== undefined)) return rules;
  throw new AcceleratorError(
    "OPTION_INVALID",
    "acc checkpoints prune: say what to keep, such as --keep 3 or --keep-best val_loss:min.",
  );
}

function bestOption(text: OptionValues[string]): RetentionRules["keepBest"] {
  if (text === undefined) return undefined;
  const [, metric, mode, count = "1"] = /^(.+):(min|max)(?::(\d+))?$/.exec(String(text)) ?? [];
  if (metric !== undefined) return { metric, mode: mode as "min" | "max", count: Number(count) };
  throw new AcceleratorError(
    "OPTION_INVALID",
    `--keep-best needs a metric and min or max, such as val_loss:min or accuracy:max:3; got "${text}".`,
  );
}

function asError(error: unknown): { readonly code: string; readonly message: string } {
  const code = error instanceof AcceleratorError ? error.code : "CHECKPOINT_FAILED";
  if (!(error instanceof AcceleratorError)) printWarning(messageOf(error));
  return { code, message: messageOf(error) };
}
