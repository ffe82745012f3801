/**
 * The number of UTF-16 units, then the units, two per cell: every operation does this, and an encoder would be
 * slower.
 */
export const CHARACTERS_PER_CELL = 2;

/** Writes the beginning of a text into `size` cells from `start`. */
export function writeText(cells: Int32Array, start: number, size: number, text: string): void {
  const length = Math.min(text.length, (size - 1) * CHARACTERS_PER_CELL);
  cells[start] = length;
  for (let i = 0; i < length; i += CHARACTERS_PER_CELL) {
    const high = i + 1 < length ? text.charCodeAt(i + 1) << 16 : 0;
    cells[start + 1 + i / CHARACTERS_PER_CELL] = text.charCodeAt(i) | high;
  }
}

export function readText(cells: Int32Array, start: number): string {
  const length = cells[start] ?? 0;
  let text = "";
  for (let i = 0; i < length; i++) {
    const cell = cells[start + 1 + (i >> 1)] ?? 0;
    text += String.fromCharCode(i % 2 === 0 ? cell & 0xffff : cell >>> 16);
  }
  return text;
}
