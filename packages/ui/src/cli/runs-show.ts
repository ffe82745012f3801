import {
  type Command,
  durationText,
  EXIT,
  formatTable,
  pause,
  printJson,
  printLines,
  requireFolder,
} from "@acc/core/command";
import { AcceleratorError, safeText } from "@acc/core/journal";
import { jsonNumber } from "../index/key-stats.ts";
import type { Library } from "../index/library.ts";
import { rankOfKey } from "../index/shelved-run.ts";
import type { KeySummary, RunDetail, RunSummary } from "../wire/schema.ts";
import { isSystemKey, SYSTEM_PREFIX } from "../wire/system-keys.ts";
import { SPARK_WIDTH, sparkline } from "./sparkline.ts";
import { startedText } from "./time-text.ts";
import { configText, numberText } from "./value-text.ts";
import { runNamed, withLibrary } from "./with-library.ts";

const OWNER = "acc runs show";
/** Pixel columns of `--key` for programs. */
const WIDTH = 200;
/** Most keys of the table; `--json` has all. */
const MAX_KEYS = 60;
const FOLLOW_MS = 500;
const LOAD_HEADER = ["machine", "last", "min", "max", "samples"];

/** `acc runs show`: one run. */
export const runsShowCommand: Command = {
  name: "runs show",
  summary: "shows what a run has logged; ID is the beginning of its id",
  operands: "ID [DIRECTORY]",
  options: {
    key: { type: "string", value: "KEY", help: "the values of one key" },
    all: { type: "boolean", help: "with --key: every value, not the extremes of 200 parts" },
    console: { type: "boolean", help: "what the script printed" },
    follow: { type: "boolean", help: "with --key: print new values until the run ends" },
    json: { type: "boolean", help: "for programs" },
  },
  async run(values, operands, signal) {
    const [id, directory = "."] = operands;
    if (id === undefined || operands.length > 2) {
      throw new AcceleratorError("OPTION_INVALID", `${OWNER}: it takes an ID, and a directory.`);
    }
    requireFolder(OWNER, directory);
    const key = typeof values.key === "string" ? values.key : undefined;
    if (key === undefined && (values.all || values.follow)) {
      throw new AcceleratorError("OPTION_INVALID", `${OWNER}: --all and --follow need --key KEY.`);
    }
    const isFollowed = values.follow === true;
    return await withLibrary(directory, { isLive: isFollowed }, async (library) => {
      const run = await runNamed(library, OWNER, id);
      if (key !== undefined) requireKey(await detailOf(library, run), key);
      if (isFollowed) await follow(library, run.id, key as string, signal);
      else if (values.console) printLines(await consoleLines(library, run));
      else if (values.json) await printDetail(library, run, key, values.all === true);
      else if (key !== undefined) printLines(await valueLines(library, run, key));
      else printLines(await linesOf(library, await detailOf(library, run)));
      return EXIT.done;
    });
  },
};

async function detailOf(library: Library, { id }: RunSummary): Promise<RunDetail> {
  const detail = await library.run(id);
  if (detail) return detail;
  throw new AcceleratorError("OPTION_INVALID", `${OWNER}: the run ${id} is not there any more.`);
}

function requireKey({ run }: RunDetail, key: string): void {
  if (Object.hasOwn(run.keys, key)) return;
  const known = Object.keys(run.keys).slice(0, 20).join(", ") || "none";
  const message = safeText(`the run has no key "${key}". It has ${known}.`);
  throw new AcceleratorError("OPTION_INVALID", `${OWNER}: ${message}`);
}

async function printDetail(
  library: Library,
  run: RunSummary,
  key: string | undefined,
  isAll: boolean,
): Promise<void> {
  const detail = await detailOf(library, run);
  if (key === undefined) printJson(detail, 2);
  else {
    const points = isAll
      ? await allPoints(library, run.id, key)
      : await extremes(library, run.id, key);
    printJson({ ...detail, key, points }, 2);
  }
}

type Row = { readonly step: number; readonly timeMs: number; readonly value: number };

async function rowsOf(library: Library, id: string, key: string, from = 0): Promise<Row[]> {
  const points = await library.points(id, key);
  if (!points) return [];
  const { steps, times, values } = points;
  return Array.from(values.subarray(from), (value, i) => ({
    step: steps[from + i] as number,
    timeMs: times[from + i] as number,
    value,
  }));
}

async function allPoints(library: Library, id: string, key: string): Promise<object[]> {
  const rows = await rowsOf(library, id, key);
  return rows.map(({ value, ...place }) => ({ ...place, value: jsonNumber(value) }));
}

/** The first, lowest, highest and last value of each part of the steps. */
async function extremes(library: Library, run: string, key: string): Promise<object> {
  const query = { run, key, x: "step", width: WIDTH, smooth: 0 } as const;
  const [series] = await library.series([query]);
  if (!series) return [];
  if (series.layout === "raw") {
    return Array.from(series.x, (step, i) => ({
      ...{ step, value: jsonNumber(series.y[i] as number) },
    }));
  }
  const width = (series.x1 - series.x0) / WIDTH;
  return Array.from(series.mean, (mean, i) => ({
    fromStep: series.x0 + i * width,
    first: jsonNumber(series.first[i] as number),
    min: jsonNumber(series.min[i] as number),
    max: jsonNumber(series.max[i] as number),
    last: jsonNumber(series.last[i] as number),
    mean: jsonNumber(mean),
  }));
}

async function valueLines(library: Library, run: RunSummary, key: string): Promise<string[]> {
  const rows = await rowsOf(library, run.id, key);
  return formatTable(["step", "time", key], rows.map(valueRow));
}

/** With the time of each; not what could command the terminal. */
async function consoleLines(library: Library, { id }: RunSummary): Promise<string[]> {
  const lines: string[] = [];
  for (let from = 0; ; ) {
    const page = await library.console(id, from);
    const last = page?.lines.at(-1);
    if (!page || !last) return lines;
    for (const { timeMs, text } of page.lines) {
      lines.push(`${new Date(timeMs).toISOString()}  ${safeText(text)}`);
    }
    from = last.sequence + 1;
  }
}

function valueRow({ step, timeMs, value }: Row): string[] {
  return [String(step), new Date(timeMs).toISOString(), String(value)];
}

/** Prints values as they come, until the run ends or Ctrl-C. */
async function follow(
  library: Library,
  id: string,
  key: string,
  signal: AbortSignal,
): Promise<void> {
  let seen = 0;
  for (;;) {
    const status = (await library.run(id))?.run.status;
    const rows = await rowsOf(library, id, key, seen);
    seen += rows.length;
    printLines(rows.map((row) => valueRow(row).join("  ")));
    if (status !== "running" || signal.aborted) return;
    await pause(FOLLOW_MS, signal);
  }
}

async function linesOf(library: Library, detail: RunDetail): Promise<string[]> {
  const { run, media, resumedAt, numConsoleLines } = detail;
  const title = [
    ...[run.id.slice(0, 8), run.name, run.project, run.script ?? "", run.status],
    durationText(run.activeMs),
  ];
  const config = Object.entries(run.config).map(([name, value]) => [name, configText(value)]);
  const all = Object.keys(run.keys).sort((a, b) => rankOfKey(a) - rankOfKey(b));
  const names = all.filter((name) => !isSystemKey(name));
  const load = all.filter(isSystemKey).map((name) => {
    const { last, min, max, count } = run.keys[name] as KeySummary;
    const title = name.slice(SYSTEM_PREFIX.length);
    return [title, numberText(last), numberText(min), numberText(max), String(count)];
  });
  const shown = names.slice(0, MAX_KEYS);
  const curves = process.stdout.isTTY ? await curvesOf(library, run.id, shown) : undefined;
  const rows = shown.map((name, i) => [
    ...[name, ...keyCells(run.keys[name] as KeySummary)],
    ...(curves ? [curves[i] ?? ""] : []),
  ]);
  const header = ["key", "last", "min", "max", "values", "not finite"];
  const more = names.length - shown.length;
  return [
    title.filter((part) => part !== "").join("  "),
    `started ${startedText(run.startedMs)}, in ${run.folder}`,
    ...(run.damage === null ? [] : [run.damage]),
    ...(resumedAt.length > 0
      ? [`resumed at step ${resumedAt.map(({ step }) => step).join(", ")}`]
      : []),
    ...(run.tags.length > 0 ? [`tags: ${run.tags.join(", ")}`] : []),
    ...(run.note === "" ? [] : [`note: ${run.note}`]),
    ...(config.length > 0 ? ["", ...formatTable(["config", ""], config)] : []),
    ...(rows.length > 0 ? ["", ...formatTable(curves ? [...header, ""] : header, rows)] : []),
    ...(more > 0 ? [`and ${more} more keys: --json shows all`] : []),
    ...(load.length > 0 ? ["", ...formatTable(LOAD_HEADER, load)] : []),
    ...(numConsoleLines > 0
      ? [
          "",
          `${numConsoleLines} ${numConsoleLines === 1 ? "line" : "lines"} of the console: --console`,
        ]
      : []),
    ...(media.length > 0
      ? ["", `${media.length} images, figures, tables, files and histograms: npx acc ui`]
      : []),
  ];
}

function keyCells({ last, min, minStep, max, maxStep, count, nonFinite }: KeySummary): string[] {
  const at = (value: number | null, step: number | null): string =>
    value === null ? "" : `${numberText(value)} @${step}`;
  return [
    ...[numberText(last), at(min, minStep), at(max, maxStep), String(count)],
    nonFinite === 0 ? "" : String(nonFinite),
  ];
}

async function curvesOf(library: Library, run: string, keys: readonly string[]): Promise<string[]> {
  const series = await library.series(
    keys.map((key) => ({ run, key, x: "step", width: SPARK_WIDTH, smooth: 0 })),
  );
  return series.map((answer) => (answer ? sparkline(answer) : ""));
}
