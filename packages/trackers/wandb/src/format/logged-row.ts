import type { LogValue, LogValues } from "@acc/core/tracker";
import { kindOf, type LeaveOut } from "@acc/tracker-kit";
import { histogram } from "./histogram.ts";
import { Row } from "./row.ts";

/** Typed arrays longer than this are recorded as histograms of as many ranges, as W&B does with NumPy arrays. */
const LIST_LENGTH = 32;
/** Names of a row's own values. */
const RESERVED = new Set(["_step", "_runtime", "_timestamp", "_wandb"]);

/** The values of one call as W&B holds them. */
export function loggedRow(values: LogValues, leaveOut: LeaveOut): Row {
  const row = new Row();
  for (const [key, value] of Object.entries(values)) {
    if (key === "") leaveOut(`"" (${kindOf(value)})`, "give it a name.");
    else row.set(freeName(key), compact(value));
  }
  return row;
}

/** A name of W&B's own would replace the row's step or time. */
export function freeName(key: string): string {
  return RESERVED.has(key) ? `${key}_` : key;
}

function compact(value: LogValue): LogValue {
  if (!ArrayBuffer.isView(value)) return value;
  const numbers = value as Float32Array;
  if (numbers.length === 1) return numbers[0] as number;
  const isLong = numbers.length > LIST_LENGTH && numbers.some(Number.isFinite);
  return isLong ? histogram(numbers, LIST_LENGTH) : value;
}
