import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";

/** A field of a protobuf message. */
export type Field = { readonly number: number; readonly value: Buffer | bigint };
export type Frame = { readonly offset: number; readonly type: number; readonly length: number };

/** Reads a `.wandb` file as its readers do; throws at the first byte they would refuse. */
export function readRecords(data: Buffer): { payload: Buffer; frames: Frame[] }[] {
  if (data.subarray(0, 7).toString("hex") !== "3a572642e1be00") throw new Error("bad file header");
  const records: { payload: Buffer; frames: Frame[] }[] = [];
  let frames: Frame[] = [];
  let parts: Buffer[] = [];
  let at = 7;
  while (at < data.length) {
    const room = 32_768 - (at % 32_768);
    if (room < 7) {
      at += room;
      continue;
    }
    const [length, type] = [data.readUInt16LE(at + 4), data.readUInt8(at + 6)];
    const payload = data.subarray(at + 7, at + 7 + length);
    if (payload.length < length) throw new Error(`truncated at ${at}`);
    if (data.readUInt32LE(at) !== crc32(payload, crc32(Uint8Array.of(type)))) {
      throw new Error(`bad checksum at ${at}`);
    }
    if ((type === 1 || type === 2) !== (frames.length === 0)) throw new Error(`order at ${at}`);
    frames.push({ offset: at, type, length });
    parts.push(payload);
    at += 7 + length;
    if (type !== 1 && type !== 4) continue;
    records.push({ payload: Buffer.concat(parts), frames });
    frames = [];
    parts = [];
  }
  if (frames.length > 0) throw new Error("ends within a record");
  return records;
}

export function fieldsOf(message: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++] as number;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const tag = Number(varint());
    if ((tag & 7) === 0) fields.push({ number: tag >> 3, value: varint() });
    else {
      const length = Number(varint());
      fields.push({ number: tag >> 3, value: message.subarray(at, at + length) });
      at += length;
    }
  }
  return fields;
}

type Values = { [key: string]: unknown };
export type OfflineRunContents = {
  readonly config: Values;
  readonly history: Values[];
  readonly summary: Values;
  readonly files: string[];
  readonly artifacts: number;
  /** Names of metrics that are defined. */
  readonly metrics: string[];
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
    exitCode: undefined as number | undefined,
    numbers: [] as number[],
    run: {} as Record<number, string[]>,
  };
  for (const { payload } of readRecords(readFileSync(join(folder, file)))) {
    for (const { number, value } of fieldsOf(payload)) {
      if (typeof value === "bigint") contents.numbers.push(Number(value));
      else if (number === 2) contents.history.push(addItems({}, value));
      else if (number === 3) addItems(contents.summary, value);
      else if (number === 5) addItems(contents.config, value);
      else if (number === 6) contents.files.push(...nestedTexts(value, 1));
      else if (number === 8) contents.artifacts++;
      else if (number === 12) contents.metrics.push(...textsOf(value, 1));
      else if (number === 17) {
        for (const field of fieldsOf(value)) {
          if (typeof field.value === "bigint") continue;
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

function addItems(target: Values, message: Buffer): Values {
  for (const item of fieldsOf(message)) {
    if (item.number !== 1 || typeof item.value === "bigint") continue;
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
    number === field && typeof value !== "bigint" ? [value.toString()] : [],
  );
}

function nestedTexts(message: Buffer, field: number): string[] {
  return fieldsOf(message).flatMap(({ number, value }) =>
    number === field && typeof value !== "bigint" ? textsOf(value, 1) : [],
  );
}
