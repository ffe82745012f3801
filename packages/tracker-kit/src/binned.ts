import { AcceleratorError } from "@acc/core/tracker";

/** How many values lie in each of some ranges of equal width: `counts[i]` between `edges[i]` and `edges[i + 1]`. */
export type Bins = { readonly counts: number[]; readonly edges: number[] };

/**
 * The finite values in ranges between the least and the greatest of them.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` if there is no finite value.
 */
export function binned(values: ArrayLike<number>, numBins: number): Bins {
  const finite = Array.from(values).filter(Number.isFinite);
  if (finite.length === 0) {
    throw new AcceleratorError("VALUE_INVALID", "A histogram needs at least one finite value.");
  }
  let low = finite.reduce((a, b) => Math.min(a, b));
  let high = finite.reduce((a, b) => Math.max(a, b));
  if (low === high) {
    low -= 0.5; // as NumPy does: one value is in the middle of a range of width 1
    high += 0.5;
  }
  const width = (high - low) / numBins;
  const edges = Array.from({ length: numBins + 1 }, (_, i) =>
    i === numBins ? high : low + i * width,
  );
  const counts = new Array<number>(numBins).fill(0);
  for (const value of finite) {
    let at = Math.min(Math.floor(((value - low) / (high - low)) * numBins), numBins - 1);
    // Division rounds: the edges decide, the last range holds its upper edge.
    while (at > 0 && value < (edges[at] as number)) at--;
    while (at < numBins - 1 && value >= (edges[at + 1] as number)) at++;
    counts[at] = (counts[at] as number) + 1;
  }
  return { counts, edges };
}
