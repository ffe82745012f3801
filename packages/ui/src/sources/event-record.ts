import { visitFields } from "./protobuf.ts";

/** One value of an event of TensorBoard. */
export type EventValue = {
  readonly tag: string;
  /** What writes it: `scalars`, `text`, `images`, `histograms`, …; "" for the older kinds. */
  readonly plugin: string;
  readonly number?: number;
  readonly text?: string;
  /** Where the bytes of an encoded image lie, and its size. */
  readonly image?: {
    readonly start: number;
    readonly end: number;
    readonly height: number;
    readonly width: number;
  };
};

export type EventRecord = {
  readonly timeMs: number;
  readonly step: number;
  /** Whether a process began, or began again, here: what has this step or a later one is written again. */
  readonly isSessionStart: boolean;
  readonly values: readonly EventValue[];
};

const SESSION_START = 1;

/**
 * An event of TensorBoard.
 *
 * @param plugins what writes each tag: TensorBoard's own writer says it only once.
 * @throws {RangeError} where the bytes are none.
 */
export function readEvent(
  bytes: Buffer,
  start: number,
  end: number,
  plugins: Map<string, string>,
): EventRecord {
  let [timeMs, step, isSessionStart] = [0, 0, false];
  const values: EventValue[] = [];
  visitFields(bytes, start, end, (field, value, from, to) => {
    if (field === 1) timeMs = value * 1000;
    else if (field === 2) step = value;
    else if (field === 5) {
      visitFields(bytes, from, to, (inner, _, valueStart, valueEnd) => {
        if (inner === 1) values.push(readValue(bytes, valueStart, valueEnd, plugins));
      });
    } else if (field === 7) {
      visitFields(bytes, from, to, (inner, status) => {
        if (inner === 1) isSessionStart = status === SESSION_START;
      });
    }
  });
  return { timeMs, step, isSessionStart, values };
}

function readValue(
  bytes: Buffer,
  start: number,
  end: number,
  plugins: Map<string, string>,
): EventValue {
  let tag = "";
  let plugin: string | undefined;
  let content: Partial<EventValue> = {};
  visitFields(bytes, start, end, (field, value, from, to) => {
    if (field === 1) tag = bytes.toString("utf8", from, to);
    else if (field === 2) content = { number: value };
    else if (field === 4) content = { image: readImage(bytes, from, to) };
    else if (field === 8) content = readTensor(bytes, from, to);
    else if (field === 9) plugin = pluginOf(bytes, from, to);
  });
  if (plugin !== undefined) plugins.set(tag, plugin);
  return { tag, plugin: plugin ?? plugins.get(tag) ?? "", ...content };
}

function readImage(bytes: Buffer, start: number, end: number): NonNullable<EventValue["image"]> {
  let image = { start: end, end, height: 0, width: 0 };
  visitFields(bytes, start, end, (field, value, from, to) => {
    if (field === 1) image = { ...image, height: value };
    else if (field === 2) image = { ...image, width: value };
    else if (field === 4) image = { ...image, start: from, end: to };
  });
  return image;
}

const FLOAT = 1;
const DOUBLE = 2;

/** The number or the text of a tensor with one element. */
function readTensor(bytes: Buffer, start: number, end: number): Partial<EventValue> {
  let type = 0;
  let content: Partial<EventValue> = {};
  visitFields(bytes, start, end, (field, value, from, to) => {
    if (field === 1) type = value;
    else if (field === 4 && to - from >= 4) {
      // Raw bytes, in the order of the machine.
      if (type === FLOAT) content = { number: bytes.readFloatLE(from) };
      else if (type === DOUBLE && to - from >= 8) content = { number: bytes.readDoubleLE(from) };
    } else if (field === 5)
      content = { number: Number.isNaN(value) && to - from >= 4 ? bytes.readFloatLE(from) : value };
    else if (field === 6)
      content = {
        number: Number.isNaN(value) && to - from >= 8 ? bytes.readDoubleLE(from) : value,
      };
    else if (field === 8) content = { text: bytes.toString("utf8", from, to) };
  });
  return content;
}

function pluginOf(bytes: Buffer, start: number, end: number): string {
  let name = "";
  visitFields(bytes, start, end, (field, _, from, to) => {
    if (field !== 1) return;
    visitFields(bytes, from, to, (inner, __, nameStart, nameEnd) => {
      if (inner === 1) name = bytes.toString("utf8", nameStart, nameEnd);
    });
  });
  return name;
}
