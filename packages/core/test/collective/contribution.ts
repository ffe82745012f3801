import { Random } from "../../src/random/random.ts";

/** What a rank puts into a collective, known to the rank and to the test. */
export function contribution(rank: number, length: number): Float32Array {
  const random = new Random(rank + 1);
  return Float32Array.from({ length }, () => random.nextUint32() / 2 ** 31 - 1);
}
