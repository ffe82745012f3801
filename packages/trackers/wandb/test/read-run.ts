import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fieldsOf, readRecords } from "@acc/test-kit/readers/record-log";

/** The header of a `.wandb` file. */
export const HEADER = "3a572642e1be00";

type Values = { [key: string]: unknown };
export type OfflineRunContents = {
  readonly config: Values;
  readonly history: Values[];
  readonly summary: Values;
  readonly files: string[];
  readonly artifacts: number;
  /** Names of metrics that are defined. */
  readonly metrics: string[];
  /** Samples of the machine's load. */
  readonly stats: Values[];
  /** Lines of the console. */
  readonly output: string[];
  readonly exitCode: number | undefined;
  readonly numbers: number[];
  /** Texts of the run record by field number. */
  readonly run: Record<number, string[]>;
};

/** The only offline run below a folder. */
export function offlineFolder(dir: string): string {
  const [folder, ...more] = readdirSync(join(dir, "wandb")).filter((name) =>
    name.startsWith("offline-run-"),
  );
  if (folder === undefined || more.length > 0) throw new Error(`not one run in ${dir}`);
  return join(dir, "wandb", folder);
}

export function readOfflineRun(folder: string): OfflineRunContents {
  const file = readdirSync(folder).find((name) => name.endsWith(".wandb"));
  if (file === undefined || !existsSync(join(folder, file))) throw new Error("no .wandb file");
  const contents = {
    config: {} as Values,
    history: [] as Values[],
    summary: {} as Values,
    files: [] as string[],
    artifacts: 0,
    metrics: [] as string[],
    stats: [] as Values[],
    output: [] as string[],
    exitCode: undefined as number | undefined,
    numbers: [] as number[],
    run: {} as Record<number, string[]>,
  };
  for (const { payload } of readRecords(readFileSync(join(folder, file)), HEADER)) {
    for (const { number, value } of fieldsOf(payload)) {
      if (!Buffer.isBuffer(value)) contents.numbers.push(Number(value));
      else if (number === 2) contents.history.push(addItems({}, value));
      else if (number === 3) addItems(contents.summary, value);
      else if (number === 5) addItems(contents.config, value);
      else if (number === 6) contents.files.push(...nestedTexts(value, 1));
      else if (number === 7) contents.stats.push(addItems({}, value, 3));
      else if (number === 13) contents.output.push(...textsOf(value, 3));
      else if (number === 8) contents.artifacts++;
      else if (number === 12) contents.metrics.push(...textsOf(value, 1));
      else if (number === 17) {
        for (const field of fieldsOf(value)) {
          if (!Buffer.isBuffer(field.value)) continue;
          if (field.number === 4) addItems(contents.config, field.value);
          else
            contents.run[field.number] = [
              ...(contents.run[field.number] ?? []),
              field.value.toString(),
            ];
        }
      } else if (number === 18) {
        contents.exitCode = Number(fieldsOf(value).find((field) => field.number === 1)?.value ?? 0);
      }
    }
  }
  return contents;
}

function addItems(target: Values, message: Buffer, field = 1): Values {
  for (const item of fieldsOf(message)) {
    if (item.number !== field || !Buffer.isBuffer(item.value)) continue;
    const path = [...textsOf(item.value, 1), ...textsOf(item.value, 2)];
    const text = textsOf(item.value, 16)[0] ?? "";
    let at = target;
    for (const key of path.slice(0, -1)) {
      at[key] ??= {};
      at = at[key] as Values;
    }
    at[path.at(-1) as string] = looseParse(text);
  }
  return target;
}

/** JSON whose NaN and infinities become strings of their names. */
export function looseParse(text: string): unknown {
  return JSON.parse(
    text.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (token) =>
      token.startsWith('"') ? token : `"${token}"`,
    ),
  );
}

function textsOf(message: Buffer, field: number): string[] {
  return fieldsOf(message).flatMap(({ number, value }) =>
    number === field && Buffer.isBuffer(value) ? [value.toString()] : [],
  );
}

function nestedTexts(message: Buffer, field: number): string[] {
  return fieldsOf(message).flatMap(({ number, value }) =>
    number === field && Buffer.isBuffer(value) ? textsOf(value, 1) : [],
  );
}
