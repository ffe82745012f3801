import { Hash } from "./hash.ts";

/**
 * Describes a trace so that two traces with equal signatures are computed by the same graph. `hash` finds
 * candidates fast, `equals` makes sure.
 */
export class Signature {
  readonly numbers: number[] = [];
  readonly texts: string[] = [];
  readonly #hash = new Hash();

  /** A safe integer. */
  get hash(): number {
    return this.#hash.value;
  }

  addNumber(value: number): void {
    this.numbers.push(value);
    this.#hash.add(value);
  }

  addNumbers(values: readonly number[]): void {
    this.addNumber(values.length);
    for (let i = 0; i < values.length; i++) this.addNumber(values[i] as number);
  }

  addText(text: string): void {
    this.texts.push(text);
    for (let i = 0; i < text.length; i++) this.#hash.add(text.charCodeAt(i));
    this.#hash.add(-1);
  }

  equals(other: Signature): boolean {
    return sameItems(this.numbers, other.numbers) && sameItems(this.texts, other.texts);
  }
}

function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
