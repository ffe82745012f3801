/**
 * The generator behind shuffling and a seeded `Math.random`: xoshiro128** 1.1 (Blackman and Vigna, 2018), seeded by
 * SplitMix32. Equal on every platform, so every rank draws the same; not for cryptography.
 */
export class Random {
  readonly #state: Uint32Array;

  /** @param seed an integer; only its low 32 bits count. */
  constructor(seed: number) {
    let mixed = seed >>> 0;
    this.#state = Uint32Array.from({ length: 4 }, () => {
      mixed = (mixed + 0x9e3779b9) >>> 0;
      let word = mixed;
      word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
      word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
      return word ^ (word >>> 16);
    });
  }

  /** Four 32-bit words from which it goes on. */
  get state(): number[] {
    return [...this.#state];
  }

  set state(words: readonly number[]) {
    this.#state.set(words);
  }

  /** The next 32 random bits, an integer in `[0, 2^32)`. */
  nextUint32(): number {
    const [s0 = 0, s1 = 0, s2 = 0, s3 = 0] = this.#state;
    const result = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
    const t2 = s2 ^ s0;
    const t3 = s3 ^ s1;
    this.#state[1] = s1 ^ t2;
    this.#state[0] = s0 ^ t3;
    this.#state[2] = t2 ^ (s1 << 9);
    this.#state[3] = rotateLeft(t3, 11);
    return result;
  }

  /** A number in `[0, 1)`, a multiple of 2^-53 as `Math.random` gives. */
  nextFloat(): number {
    const high = this.nextUint32() >>> 5;
    const low = this.nextUint32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** An integer in `[0, bound)`, every one equally likely. `bound` is at most 2^32. */
  nextBelow(bound: number): number {
    const limit = 2 ** 32 - (2 ** 32 % bound); // above it, small results would be more likely
    let bits = this.nextUint32();
    while (bits >= limit) bits = this.nextUint32();
    return bits % bound;
  }
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
