import { MessageWriter } from "@acc/tracker-kit";
import { COLUMNS } from "./column.ts";
import { sectionOf } from "./metric-key.ts";
import type { Column, MediaPoint, OutputLine, RunEnd, RunStart, ScalarPoint } from "./point.ts";

/** ":SWL", the magic number 0xE1D6 little-endian, format version 2. */
export const FILE_HEADER: Uint8Array = Uint8Array.of(0x3a, 0x53, 0x57, 0x4c, 0xd6, 0xe1, 0x02);

/** Field numbers of `swanlab.record.v1.Record`. */
const RECORD = {
  num: 1,
  timestamp: 2,
  start: 10,
  finish: 11,
  column: 12,
  scalar: 13,
  media: 14,
  line: 16,
  save: 20,
} as const;

/** Records of which a run has one kind each; all others are counted from 1. */
const START_NUM = -1;
const FINISH_NUM = -2;
const CONFIG_NUM = -3;

const RESUME = { never: 0, allow: 1, must: 2 } as const;
const RUN_STATE = { finished: 1, crashed: 2, aborted: 3 } as const;
const CUSTOM_CLASS = 1;
const SYSTEM_CLASS = 2;
const PUBLIC_SECTION = 3;
const SYSTEM_SECTION = 4;
const CONFIG_FILE = 1;

/** A record without its number, if it is one of those that are counted. */
export type SwanLabRecord = {
  readonly kind: Exclude<keyof typeof RECORD, "num" | "timestamp">;
  readonly message: MessageWriter;
  readonly num?: number;
};

/** @param num of a record that is counted. @param timeMs when it was written, in milliseconds since 1970. */
export function encodeRecord(record: SwanLabRecord, num: number, timeMs: number): Uint8Array {
  return new MessageWriter()
    .varint(RECORD.num, record.num ?? num)
    .message(RECORD.timestamp, timestamp(timeMs))
    .message(RECORD[record.kind], record.message)
    .finish();
}

export function startRecord(settings: RunStart, startedMs: number): SwanLabRecord {
  const message = new MessageWriter().string(1, settings.project);
  optional(message, 2, settings.workspace);
  if (settings.public) message.varint(3, 1);
  message.string(4, settings.name);
  optional(message, 5, settings.description);
  for (const tag of settings.tags ?? []) message.string(6, tag);
  optional(message, 7, settings.group);
  optional(message, 8, settings.jobType);
  message.string(9, settings.color).string(10, settings.id);
  integer(message, 11, RESUME[settings.resume]);
  message.message(12, timestamp(startedMs));
  return { kind: "start", message, num: START_NUM };
}

export function finishRecord({ state, error, timeMs }: RunEnd): SwanLabRecord {
  const message = new MessageWriter().varint(1, RUN_STATE[state]);
  optional(message, 2, error);
  return { kind: "finish", message: message.message(3, timestamp(timeMs)), num: FINISH_NUM };
}

/** @param path of the file, absolute. */
export function configRecord(path: string): SwanLabRecord {
  const message = new MessageWriter().string(1, "config").string(2, path).varint(5, CONFIG_FILE);
  return { kind: "save", message, num: CONFIG_NUM };
}

/** @param name of a file of the run, with `/`. @param path of its copy, absolute. */
export function fileRecord(name: string, path: string): SwanLabRecord {
  const message = new MessageWriter().string(1, name).string(2, path).string(3, path);
  return { kind: "save", message };
}

export function lineRecord({ text, isError, timeMs, epoch }: OutputLine): SwanLabRecord {
  const message = new MessageWriter();
  optional(message, 1, text);
  if (isError) message.varint(2, 1);
  return { kind: "line", message: message.message(3, timestamp(timeMs)).varint(4, epoch) };
}

export function columnRecord({ key, type, system }: Column): SwanLabRecord {
  if (system !== undefined) return systemColumnRecord(key, system);
  const message = new MessageWriter()
    .varint(1, CUSTOM_CLASS)
    .varint(2, COLUMNS[type].number)
    .string(3, key);
  optional(message, 5, sectionOf(key));
  return { kind: "column", message: message.varint(6, PUBLIC_SECTION) };
}

function systemColumnRecord(key: string, name: string): SwanLabRecord {
  const message = new MessageWriter().varint(1, SYSTEM_CLASS).varint(2, COLUMNS.scalar.number);
  message.string(3, key).string(4, name).varint(6, SYSTEM_SECTION);
  return { kind: "column", message: message.string(9, name).string(11, name) };
}

export function scalarRecord({ key, step, value, timeMs }: ScalarPoint): SwanLabRecord {
  const number = new MessageWriter();
  if (!Object.is(value, 0)) number.double(1, value);
  const message = point(key, step, COLUMNS.scalar.number, timeMs);
  return { kind: "scalar", message: message.message(5, number) };
}

export function mediaRecord({ key, step, type, files, timeMs }: MediaPoint): SwanLabRecord {
  const items = new MessageWriter();
  for (const { name, sha256, bytes, caption } of files) {
    const item = new MessageWriter().string(1, name).string(2, sha256);
    integer(item, 3, bytes.length);
    optional(item, 4, caption);
    items.message(1, item);
  }
  const message = point(key, step, COLUMNS[type].number, timeMs);
  return { kind: "media", message: message.message(5, items) };
}

function point(key: string, step: number, type: number, timeMs: number): MessageWriter {
  const message = new MessageWriter().string(1, key);
  integer(message, 2, step);
  return message.varint(3, type).message(4, timestamp(timeMs));
}

function timestamp(ms: number): MessageWriter {
  const seconds = Math.floor(ms / 1000);
  const message = new MessageWriter();
  integer(message, 1, seconds);
  integer(message, 2, Math.round((ms - seconds * 1000) * 1e6));
  return message;
}

function integer(message: MessageWriter, field: number, value: number): void {
  if (value !== 0) message.varint(field, value);
}

function optional(message: MessageWriter, field: number, value: string | undefined): void {
  if (value) message.string(field, value);
}
