/**
 * Describes a trace so that two traces with equal signatures are computed by the same graph. `hash` finds
 * candidates fast, `equals` makes sure.
 */
export class Signature {
  readonly numbers: number[] = [];
  readonly texts: string[] = [];
  #high = 0x2545f491;
  #low = 0x165667b1;

  /** A safe integer of 53 bits. */
  get hash(): number {
    return (this.#high >>> 11) * 2 ** 32 + (this.#low >>> 0);
  }

  addNumber(value: number): void {
    this.numbers.push(value);
    this.#mix(value);
  }

  addNumbers(values: readonly number[]): void {
    this.addNumber(values.length);
    for (let i = 0; i < values.length; i++) this.addNumber(values[i] as number);
  }

  addText(text: string): void {
    this.texts.push(text);
    for (let i = 0; i < text.length; i++) this.#mix(text.charCodeAt(i));
    this.#mix(-1);
  }

  equals(other: Signature): boolean {
    return sameItems(this.numbers, other.numbers) && sameItems(this.texts, other.texts);
  }

  #mix(value: number): void {
    this.#high = Math.imul(this.#high ^ value, 0x9e3779b1);
    this.#low = Math.imul((this.#low ^ value) + (this.#high >>> 15), 0x85ebca6b);
    this.#low ^= this.#low >>> 13;
  }
}

function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
