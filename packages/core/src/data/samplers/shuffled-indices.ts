import { Random } from "../../random/random.ts";

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
