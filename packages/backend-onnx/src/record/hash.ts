/** A hash of a sequence of integers. */
export class Hash {
  #high = 0x2545f491;
  #low = 0x165667b1;

  /** A safe integer of 53 bits. */
  get value(): number {
    return (this.#high >>> 11) * 2 ** 32 + (this.#low >>> 0);
  }

  add(value: number): void {
    this.#high = Math.imul(this.#high ^ value, 0x9e3779b1);
    this.#low = Math.imul((this.#low ^ value) + (this.#high >>> 15), 0x85ebca6b);
    this.#low ^= this.#low >>> 13;
  }
}
