import type { LogValue } from "./log-value.ts";
import type { PostedMediaEvent, TrackerEvent } from "./tracker-event.ts";

/**
 * The most bytes that one event may take as JSON in the journal. V8 makes no longer text than 2^29 characters, and the event
 * is one.
 */
export const MAX_EVENT_BYTES: number = 500 * 1024 * 1024;

/** Bytes that any event takes beside its values. */
const ENVELOPE_BYTES = 100;
/** A number has at most 24 characters, and a comma; other small values have less. */
const SCALAR_BYTES = 26;
/** Of a typed array beside its base64. */
const ARRAY_BYTES = 40;
/** Of one character in JSON, such as `\u0001`. */
const CHARACTER_BYTES = 6;

/** Told of each value that does not fit. @param name its key. */
export type RefuseSize = (name: string, reason: string) => void;

/** Never less than the bytes that an event takes in the journal; for texts up to six times as many. */
export function sizeBound(event: TrackerEvent | PostedMediaEvent): number {
  switch (event.type) {
    case "artifact":
      return ENVELOPE_BYTES;
    case "call":
      return ENVELOPE_BYTES + measureObject(event.args, boundOfText);
    default:
      return ENVELOPE_BYTES + measure(event.values as LogValue, boundOfText);
  }
}

/**
 * The event without the values for which a journal has no place, the largest first; undefined if nothing is left.
 *
 * @param bound what `sizeBound` says.
 */
export function fitEvent(
  event: TrackerEvent | PostedMediaEvent,
  bound: number,
  refuse: RefuseSize,
): TrackerEvent | PostedMediaEvent | undefined {
  if (bound <= MAX_EVENT_BYTES || event.type === "artifact") return event;
  if (event.type === "call") {
    const bytes = measureObject(event.args, sizeOfText);
    if (bytes <= MAX_EVENT_BYTES) return event;
    refuse(event.method, tooLarge(bytes));
    return undefined;
  }
  const sizes = Object.entries(event.values)
    .map(([name, value]) => ({ name, bytes: measure(value as LogValue, sizeOfText) }))
    .sort((a, b) => a.bytes - b.bytes);
  let total = ENVELOPE_BYTES + sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  const values: { [name: string]: unknown } = { ...event.values };
  while (total > MAX_EVENT_BYTES) {
    const { name, bytes } = sizes.pop() as { name: string; bytes: number };
    refuse(name, tooLarge(bytes));
    delete values[name];
    total -= bytes;
  }
  return sizes.length === 0 ? undefined : ({ ...event, values } as TrackerEvent);
}

function tooLarge(bytes: number): string {
  const megabytes = Math.ceil(bytes / 2 ** 20);
  return (
    `it takes ${megabytes} MiB in the journal, and one call of log may take ${MAX_EVENT_BYTES / 2 ** 20} MiB; log it in ` +
    "parts, or write it to a file and use logArtifact"
  );
}

function measure(value: LogValue, ofText: (text: string) => number): number {
  switch (typeof value) {
    case "string":
      return ofText(value) + 3;
    case "bigint":
      return value.toString(16).length * 2 + ARRAY_BYTES;
    case "object":
      return value === null ? SCALAR_BYTES : measureObject(value, ofText);
    case "undefined":
      return SCALAR_BYTES;
    default:
      // -0, NaN and the infinities are objects in the journal.
      return Number.isFinite(value) && value !== 0 ? SCALAR_BYTES : ARRAY_BYTES;
  }
}

function measureObject(value: object, ofText: (text: string) => number): number {
  if (ArrayBuffer.isView(value)) return Math.ceil(value.byteLength / 3) * 4 + ARRAY_BYTES;
  let bytes = ARRAY_BYTES;
  if (Array.isArray(value)) {
    for (const item of value) bytes += measure(item as LogValue, ofText);
    return bytes;
  }
  for (const key in value) {
    bytes += ofText(key) + 3 + measure((value as { [key: string]: LogValue })[key], ofText);
  }
  return bytes;
}

function boundOfText(text: string): number {
  return text.length * CHARACTER_BYTES;
}

function sizeOfText(text: string): number {
  try {
    return Buffer.byteLength(JSON.stringify(text));
  } catch {
    return boundOfText(text); // longer than a text may be
  }
}
