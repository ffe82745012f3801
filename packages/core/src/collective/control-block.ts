/**
 * Layout of the control block, an Int32Array over shared memory: cells for the barrier and the end of the
 * group, then a header per rank that says what it is about to do.
 */
export const ROUND = 0; // barriers completed
export const ARRIVED = 1; // ranks waiting in the current round
export const DEAD = 2; // 0, or why the group ended: one of the REASON values
export const REASON_RANK = 3; // the rank that failed or is missing, -1 if unknown
const MESSAGE_CELL = 4;
const MESSAGE_CELLS = 512;
const HEADERS_CELL = MESSAGE_CELL + MESSAGE_CELLS;
const HEADER_CELLS = 64;

export const REASON = { aborted: 1, timeout: 2, mismatch: 3 } as const;

/** What a rank is about to do. All ranks must agree on everything but `sizeBytes`. */
export type Header = {
  readonly operation: number;
  /** Elements; 0 for objects. */
  readonly count: number;
  readonly dtype: number;
  /** Reduce operation, or the rank that broadcasts. */
  readonly parameter: number;
  /** What this rank contributes; may differ for objects. */
  readonly sizeBytes: number;
  /** The call as the user knows it. */
  readonly call: string;
};

const NUMBERS = ["operation", "count", "dtype", "parameter", "sizeBytes"] as const;
/** Barriers this rank has reached, behind the numbers: shows who is missing. */
const ARRIVALS_OFFSET = NUMBERS.length;
const TEXT_OFFSET = NUMBERS.length + 1;
const TEXT_CELLS = HEADER_CELLS - TEXT_OFFSET;

/** Bytes of a control block for `worldSize` ranks. */
export function controlBytes(worldSize: number): number {
  return (HEADERS_CELL + worldSize * HEADER_CELLS) * Int32Array.BYTES_PER_ELEMENT;
}

export function writeHeader(cells: Int32Array, rank: number, header: Header): void {
  const start = HEADERS_CELL + rank * HEADER_CELLS;
  for (const [index, key] of NUMBERS.entries()) cells[start + index] = header[key];
  writeText(cells, start + TEXT_OFFSET, TEXT_CELLS, header.call);
}

export function readHeader(cells: Int32Array, rank: number): Header {
  const start = HEADERS_CELL + rank * HEADER_CELLS;
  const number = (index: number): number => cells[start + index] ?? 0;
  return {
    operation: number(0),
    count: number(1),
    dtype: number(2),
    parameter: number(3),
    sizeBytes: number(4),
    call: readText(cells, start + TEXT_OFFSET),
  };
}

/** Whether two ranks are about to do the same; cheaper than reading both. */
export function sameHeader(cells: Int32Array, a: number, b: number): boolean {
  const startA = HEADERS_CELL + a * HEADER_CELLS;
  const startB = HEADERS_CELL + b * HEADER_CELLS;
  for (let i = 0; i < NUMBERS.length - 1; i++) {
    if (cells[startA + i] !== cells[startB + i]) return false;
  }
  const textA = startA + TEXT_OFFSET;
  const textB = startB + TEXT_OFFSET;
  const length = 1 + Math.ceil((cells[textA] ?? 0) / CHARACTERS_PER_CELL);
  for (let i = 0; i < length; i++) if (cells[textA + i] !== cells[textB + i]) return false;
  return true;
}

/** Bytes that a rank contributes. */
export function headerSize(cells: Int32Array, rank: number): number {
  return cells[HEADERS_CELL + rank * HEADER_CELLS + NUMBERS.length - 1] ?? 0;
}

/** Counts that a rank has reached one more barrier. */
export function countArrival(cells: Int32Array, rank: number): void {
  Atomics.add(cells, HEADERS_CELL + rank * HEADER_CELLS + ARRIVALS_OFFSET, 1);
}

/** Barriers that a rank has reached; wraps around. */
export function arrivalsOf(cells: Int32Array, rank: number): number {
  return Atomics.load(cells, HEADERS_CELL + rank * HEADER_CELLS + ARRIVALS_OFFSET);
}

export function writeMessage(cells: Int32Array, text: string): void {
  writeText(cells, MESSAGE_CELL, MESSAGE_CELLS, text);
}

export function readMessage(cells: Int32Array): string {
  return readText(cells, MESSAGE_CELL);
}

/** UTF-16 units, two to a cell, behind their number: no encoder on the way of every operation. */
const CHARACTERS_PER_CELL = 2;

function writeText(cells: Int32Array, start: number, size: number, text: string): void {
  const length = Math.min(text.length, (size - 1) * CHARACTERS_PER_CELL);
  cells[start] = length;
  for (let i = 0; i < length; i += CHARACTERS_PER_CELL) {
    const high = i + 1 < length ? text.charCodeAt(i + 1) << 16 : 0;
    cells[start + 1 + i / CHARACTERS_PER_CELL] = text.charCodeAt(i) | high;
  }
}

function readText(cells: Int32Array, start: number): string {
  const length = cells[start] ?? 0;
  let text = "";
  for (let i = 0; i < length; i++) {
    const cell = cells[start + 1 + (i >> 1)] ?? 0;
    text += String.fromCharCode(i % 2 === 0 ? cell & 0xffff : cell >>> 16);
  }
  return text;
}
