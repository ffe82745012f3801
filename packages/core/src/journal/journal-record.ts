import type { FinishStatus, LogValue } from "../tracker-contract/log-value.ts";
import type { CheckpointMark, DeliveredEvent } from "../tracker-contract/tracker-event.ts";
import { decodeValue, encodeValue } from "./journal-value.ts";

/** The first record: what another process must know to go on with the run. */
export type JournalHeader = {
  readonly type: "run";
  /** 32 hexadecimal digits. */
  readonly id: string;
  readonly projectName: string;
  readonly startedMs: number;
  readonly loggingDir: string | undefined;
  /** Path of the training script. */
  readonly script: string | undefined;
  readonly trackers: readonly JournalTracker[];
  /** The user has asked for it to stay, whoever else has the values. */
  readonly isKept?: boolean;
  /** By which the machine that recorded the run recognises it. */
  readonly proof?: string;
};

export type JournalTracker = {
  readonly name: string;
  /** Whether it delivers from the journal; other trackers write files of their own. */
  readonly delivers: boolean;
  /** The user's options without keys and tokens. */
  readonly options: { readonly [key: string]: LogValue };
};

/** Another process goes on with the run from a checkpoint. */
export type ResumeRecord = {
  readonly type: "resume";
  /** The entries from here up to this one are superseded: the run logs them again. */
  readonly from: number;
  /** The checkpoint's id. */
  readonly checkpoint: string;
  readonly startedMs: number;
  readonly sequence: number;
};

/** The last record of a process that ended the run. */
export type FinishRecord = {
  readonly type: "finish";
  readonly status: FinishStatus;
  readonly sequence: number;
};

/** What follows the header, numbered from 0. */
export type JournalEntry =
  | DeliveredEvent
  | (CheckpointMark & { readonly sequence: number })
  | ResumeRecord
  | FinishRecord;

/** Whether an entry is for trackers; the others are about the run. */
export function isForTrackers(entry: JournalEntry): entry is DeliveredEvent {
  return entry.type !== "checkpoint" && entry.type !== "resume" && entry.type !== "finish";
}

/** The payload of a record: its JSON, in UTF-8. */
export function encodeRecord(record: JournalHeader | JournalEntry): Uint8Array {
  return Buffer.from(JSON.stringify(encodeValue(record as unknown as LogValue)), "utf8");
}

/** The records of payloads; undefined if not every one of them is JSON. */
export function decodeRecords(
  payloads: readonly Buffer[],
): (JournalHeader | JournalEntry)[] | undefined {
  if (!payloads.every(isObject)) return undefined;
  const [only] = payloads;
  const bytes = payloads.length === 1 && only ? only : joined(payloads);
  try {
    const text = bytes.toString("utf8");
    const parsed: unknown = payloads.length === 1 ? [JSON.parse(text)] : JSON.parse(text);
    if (!Array.isArray(parsed) || parsed.length !== payloads.length) return undefined;
    // Most records have no value that JSON lacks, and need no second object for each of theirs.
    return (text.includes(MARKED) ? parsed.map(decodeValue) : parsed) as JournalEntry[];
  } catch {
    return undefined;
  }
}

/** The key of an object that stands for something that JSON does not have. */
const MARKED = '"$"';

function isObject(payload: Buffer): boolean {
  return payload[0] === 0x7b && payload[payload.length - 1] === 0x7d;
}

/** A list in JSON of the payloads. */
function joined(payloads: readonly Buffer[]): Buffer {
  const length = payloads.reduce((sum, payload) => sum + payload.length + 1, 1);
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  for (const payload of payloads) {
    bytes[at] = at === 0 ? 0x5b : 0x2c;
    payload.copy(bytes, at + 1);
    at += payload.length + 1;
  }
  bytes[at] = 0x5d;
  return bytes;
}

/** @throws {SyntaxError} if the payload is no JSON. */
export function decodeRecord(payload: Uint8Array): JournalHeader | JournalEntry {
  const json: unknown = JSON.parse(Buffer.from(payload).toString("utf8"));
  return decodeValue(json) as unknown as JournalHeader | JournalEntry;
}
