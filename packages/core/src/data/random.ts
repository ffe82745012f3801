/**
 * The generator behind shuffling: xoshiro128** 1.1 (Blackman and Vigna, 2018), seeded by SplitMix32. Equal
 * on every platform, so every rank makes the same permutation; not for cryptography.
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

  /** An integer in `[0, bound)`, every one equally likely. `bound` is at most 2^32. */
  nextBelow(bound: number): number {
    const limit = 2 ** 32 - (2 ** 32 % bound); // above it, small results would be likelier
    let bits = this.nextUint32();
    while (bits >= limit) bits = this.nextUint32();
    return bits % bound;
  }
}

/** A random permutation of `0 … length - 1` (Fisher-Yates). The same seed gives the same permutation. */
export function shuffledIndices(length: number, seed: number): number[] {
  const random = new Random(seed);
  const indices = Array.from({ length }, (_, index) => index);
  for (let last = length - 1; last > 0; last--) {
    const other = random.nextBelow(last + 1);
    const moved = indices[last] as number;
    indices[last] = indices[other] as number;
    indices[other] = moved;
  }
  return indices;
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
