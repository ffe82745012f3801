import {
  type Command,
  durationText,
  EXIT,
  formatTable,
  oneOperand,
  printJson,
  printLines,
  printWarning,
  requireFolder,
} from "@acc/core/command";
import { AcceleratorError, safeText } from "@acc/core/journal";
import type { Library } from "../index/library.ts";
import { rankOfKey } from "../index/shelved-run.ts";
import { parseFilter } from "../page/model/filter.ts";
import type { JsonNumber, JsonValue, RunSummary } from "../wire/schema.ts";
import { SPARK_WIDTH, sparkline } from "./sparkline.ts";
import { startedText } from "./time-text.ts";
import { configText } from "./value-text.ts";
import { withLibrary } from "./with-library.ts";

const OWNER = "acc runs list";
/** Most columns of each kind, unless the user names them. */
const MAX_CONFIG = 4;
const MAX_KEYS = 3;

type Column = {
  readonly name: string;
  readonly read: (run: RunSummary) => JsonValue | undefined;
};

/** `acc runs list --values`: the runs below a directory with what they have logged, the newest first. */
export const runsListCommand: Command = {
  name: "runs list",
  summary: "shows the runs below a directory with what they have logged",
  operands: "[DIRECTORY]",
  options: {
    json: { type: "boolean", help: "for programs" },
    values: { type: "boolean", help: "show what was logged" },
    filter: { type: "string", value: "TEXT", help: "only some runs" },
    columns: { type: "string", value: "A,B", help: "what to show" },
    sort: { type: "string", value: "COLUMN", help: "by which column; -COLUMN: the largest first" },
  },
  async run(values, operands) {
    const directory = oneOperand(OWNER, operands);
    requireFolder(OWNER, directory);
    return await withLibrary(directory, { isLive: false }, async (library) => {
      const list = await library.runs();
      for (const line of list.unsearched) printWarning(line);
      const runs = sorted(filtered(list.runs, values.filter), values.sort);
      if (values.json) printJson({ ...list, runs }, 2);
      else if (runs.length === 0) printLines([`There are no such runs below ${directory}.`]);
      else printLines(await tableOf(library, runs, values.columns));
      return list.unsearched.length === 0 ? EXIT.done : EXIT.failed;
    });
  },
};

function filtered(runs: readonly RunSummary[], text: unknown): readonly RunSummary[] {
  if (typeof text !== "string") return runs;
  const { matches, problem } = parseFilter(text);
  if (problem === undefined) return runs.filter(matches);
  throw new AcceleratorError("OPTION_INVALID", `${OWNER} --filter: ${problem}`);
}

/** Runs without a value come last, in both directions. */
function sorted(runs: readonly RunSummary[], by: unknown): readonly RunSummary[] {
  if (typeof by !== "string") return runs;
  const isFalling = by.startsWith("-");
  const { read } = columnNamed(runs, isFalling ? by.slice(1) : by);
  const numberOf = (run: RunSummary): number => Number(read(run) ?? Number.NaN);
  return [...runs].sort((a, b) => {
    const [left, right] = [numberOf(a), numberOf(b)];
    if (Number.isNaN(left) || Number.isNaN(right)) {
      return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
    }
    return isFalling ? right - left : left - right;
  });
}

async function tableOf(
  library: Library,
  runs: readonly RunSummary[],
  names: unknown,
): Promise<string[]> {
  const columns =
    typeof names === "string"
      ? names.split(",").map((name) => columnNamed(runs, name.trim()))
      : usualColumns(runs);
  const curve = process.stdout.isTTY ? mainKey(runs) : undefined;
  const curves = curve === undefined ? [] : await curvesOf(library, runs, curve);
  const header = ["id", "started", "status", "time", ...columns.map(({ name }) => name)];
  const rows = runs.map((run, index) => [
    ...[run.id.slice(0, 8), startedText(run.startedMs), run.status, durationText(run.activeMs)],
    ...columns.map(({ read }) => configText(read(run))),
    ...(curve === undefined ? [] : [curves[index] ?? ""]),
  ]);
  return formatTable(curve === undefined ? header : [...header, curve], rows);
}

async function curvesOf(
  library: Library,
  runs: readonly RunSummary[],
  key: string,
): Promise<string[]> {
  const series = await library.series(
    runs.map(({ id: run }) => ({ run, key, x: "step", width: SPARK_WIDTH, smooth: 0 })),
  );
  return series.map((answer) => (answer ? sparkline(answer) : ""));
}

/** What differs between the configurations, then the last values of a few keys: losses first. */
function usualColumns(runs: readonly RunSummary[]): Column[] {
  const config = differing(runs).slice(0, MAX_CONFIG).map(configColumn);
  return [...config, ...keysOf(runs).slice(0, MAX_KEYS).map(keyColumn)];
}

function differing(runs: readonly RunSummary[]): string[] {
  const names = new Set(runs.flatMap(({ config }) => Object.keys(config)));
  return [...names].filter(
    (name) => new Set(runs.map(({ config }) => JSON.stringify(config[name]))).size > 1,
  );
}

function keysOf(runs: readonly RunSummary[]): string[] {
  const keys = new Set(runs.flatMap((run) => Object.keys(run.keys)));
  return [...keys].sort((a, b) => rankOfKey(a) - rankOfKey(b));
}

function mainKey(runs: readonly RunSummary[]): string | undefined {
  return keysOf(runs)[0];
}

/** @throws {AcceleratorError} `OPTION_INVALID` if no run has such a thing. */
function columnNamed(runs: readonly RunSummary[], name: string): Column {
  if (runs.some(({ config }) => Object.hasOwn(config, name))) return configColumn(name);
  const isNamed = (key: string): boolean => key === name || key.endsWith(`/${name}`);
  const key = keysOf(runs).find(isNamed);
  if (key !== undefined) return keyColumn(key);
  const facts: { readonly [name: string]: (run: RunSummary) => JsonNumber | string } = {
    started: ({ startedMs }) => startedMs,
    time: ({ activeMs }) => activeMs,
    size: ({ bytes }) => bytes,
    folder: ({ folder }) => folder,
    name: (run) => run.name,
    project: ({ project }) => project,
  };
  const read = Object.hasOwn(facts, name) ? facts[name] : undefined;
  if (read) return { name, read };
  const names = [...Object.keys(facts), ...keysOf(runs)].slice(0, 20).join(", ");
  const message = safeText(`no run has "${name}". There are ${names}.`);
  throw new AcceleratorError("OPTION_INVALID", `${OWNER}: ${message}`);
}

function configColumn(name: string): Column {
  return {
    name,
    read: ({ config }) => (Object.hasOwn(config, name) ? config[name] : undefined),
  };
}

function keyColumn(name: string): Column {
  return {
    name,
    read: ({ keys }) => (Object.hasOwn(keys, name) ? keys[name]?.last : undefined),
  };
}
