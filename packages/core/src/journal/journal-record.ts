import type { FinishStatus, LogValue } from "../trackers/log-value.ts";
import type { DeliveredEvent } from "../trackers/tracker-event.ts";
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
};

export type JournalTracker = {
  readonly name: string;
  /** Whether it delivers from the journal; what the others record lies in their own files. */
  readonly delivers: boolean;
  /** The user's options without keys and tokens. */
  readonly options: { readonly [key: string]: LogValue };
};

/** The last record of a run that came to its end. */
export type FinishRecord = {
  readonly type: "finish";
  readonly status: FinishStatus;
  readonly sequence: number;
};

/** What follows the header, numbered from 0. */
export type JournalEntry = DeliveredEvent | FinishRecord;

/** The payload of a record: its JSON, in UTF-8. */
export function encodeRecord(record: JournalHeader | JournalEntry): Uint8Array {
  return Buffer.from(JSON.stringify(encodeValue(record as unknown as LogValue)), "utf8");
}

/** @throws {SyntaxError} if the payload is no JSON. */
export function decodeRecord(payload: Uint8Array): JournalHeader | JournalEntry {
  const json: unknown = JSON.parse(Buffer.from(payload).toString("utf8"));
  return decodeValue(json) as unknown as JournalHeader | JournalEntry;
}
