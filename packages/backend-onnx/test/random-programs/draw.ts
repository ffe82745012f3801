/** Numbers and choices that follow from a seed. */
export class Draw {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
    for (let i = 0; i < 4; i++) this.unit(); // neighbouring seeds begin alike
  }

  /** From 0 up to 1, without 1. */
  unit(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number; both ends are drawn. */
  from(least: number, largest: number): number {
    return least + Math.floor(this.unit() * (largest - least + 1));
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.from(0, choices.length - 1)] as T;
  }

  yes(): boolean {
    return this.unit() < 0.5;
  }

  sizes(rank: number, largest: number, least = 1): number[] {
    return Array.from({ length: rank }, () => this.from(least, largest));
  }
}
