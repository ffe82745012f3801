import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Field, fieldsOf, readRecords } from "@acc/test-kit/readers/record-log";

const HEADER = "3a53574cd6e102";
const KINDS: Readonly<Record<number, RecordKind>> = {
  ...{ 10: "start", 11: "finish", 12: "column", 13: "scalar", 14: "media", 16: "line", 20: "save" },
};

export type RecordKind = "start" | "finish" | "column" | "scalar" | "media" | "line" | "save";
export type ReadRecord = {
  readonly kind: RecordKind;
  readonly num: number;
  readonly fields: readonly Field[];
};

/** The only run folder below a folder of runs. */
export function runFolder(logDir: string): string {
  const [folder, ...more] = readdirSync(logDir).filter((name) => name.startsWith("run-"));
  if (folder === undefined || more.length > 0) throw new Error(`not one run in ${logDir}`);
  return join(logDir, folder);
}

/** The records of a run, as its readers find them; throws at the first byte they would refuse. */
export function readRun(folder: string): ReadRecord[] {
  const name = readdirSync(folder).find((file) => file.endsWith(".swanlab"));
  if (name === undefined) throw new Error(`no .swanlab file in ${folder}`);
  return readRecords(readFileSync(join(folder, name)), HEADER).map(({ payload }) => {
    const fields = fieldsOf(payload);
    const body = fields.find(({ number }) => number in KINDS) as Field;
    return {
      kind: KINDS[body.number] as RecordKind,
      num: Number(BigInt.asIntN(64, fields.find(({ number }) => number === 1)?.value as bigint)),
      fields: fieldsOf(body.value as Buffer),
    };
  });
}

/** The points of a scalar series: step and value. */
export function scalarsOf(
  records: readonly ReadRecord[],
  key: string,
): [step: number, value: number][] {
  return records
    .filter(({ kind, fields }) => kind === "scalar" && textOf(fields, 1) === key)
    .map(({ fields }) => {
      const [value] = fieldsOf(fieldOf(fields, 5)?.value as Buffer);
      return [Number(fieldOf(fields, 2)?.value ?? 0), Number(value?.value ?? 0)];
    });
}

export function textOf(fields: readonly Field[], number: number): string | undefined {
  const value = fieldOf(fields, number)?.value;
  return Buffer.isBuffer(value) ? value.toString() : undefined;
}

export function fieldOf(fields: readonly Field[], number: number): Field | undefined {
  return fields.find((field) => field.number === number);
}
