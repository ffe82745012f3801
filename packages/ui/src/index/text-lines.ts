import { PORTION } from "../wire/portion.ts";
import type { TextLine, TextPage } from "../wire/schema.ts";

type Placed = { readonly sequence: number; readonly line: TextLine };

/** Texts of a run in the order in which they came; each keeps its number, whatever is taken away. */
export class TextLines {
  readonly #most: number;
  #lines: Placed[] = [];
  #count = 0;

  /** @param most only the newest are kept. */
  constructor(most: number = Number.POSITIVE_INFINITY) {
    this.#most = most;
  }

  /** Of all that came. */
  get count(): number {
    return this.#count;
  }

  /** @param sequence of the event that it comes from. */
  add(sequence: number, line: Omit<TextLine, "sequence">): void {
    this.#lines.push({ sequence, line: { ...line, sequence: this.#count++ } });
    // Now and then, as it copies all of them.
    if (this.#lines.length > this.#most * 1.1) this.#lines = this.#lines.slice(-this.#most);
  }

  keep(isKept: (sequence: number, step: number) => boolean): void {
    this.#lines = this.#lines.filter(({ sequence, line }) => isKept(sequence, line.step));
  }

  /** A portion from a number on. */
  page(from: number): TextPage {
    const start = this.#lines.findIndex(({ line }) => line.sequence >= from);
    const shown = start < 0 ? [] : this.#lines.slice(start, start + PORTION.lines);
    return { lines: shown.map(({ line }) => line), end: this.#count };
  }
}
