/** `values[i]` numbers lie between `bins[i]` and `bins[i + 1]`. */
export type Counts = { readonly values: number[]; readonly bins: number[] };

/**
 * Counts numbers in bins of equal width between the least and the greatest, as NumPy does. Numbers that are not finite are left
 * out.
 *
 * @returns undefined if none is left.
 */
export function countsOf(sequence: ArrayLike<number>, numBins: number): Counts | undefined {
  const finite = Array.from(sequence).filter(Number.isFinite);
  if (finite.length === 0) return undefined;
  let low = finite.reduce((a, b) => Math.min(a, b));
  let high = finite.reduce((a, b) => Math.max(a, b));
  if (low === high) {
    low -= 0.5; // as NumPy does: one value is in the middle of a range of width 1
    high += 0.5;
  }
  const width = (high - low) / numBins;
  const bins = Array.from({ length: numBins + 1 }, (_, i) =>
    i === numBins ? high : low + i * width,
  );
  const values = new Array<number>(numBins).fill(0);
  for (const value of finite) {
    let at = Math.min(Math.floor(((value - low) / (high - low)) * numBins), numBins - 1);
    // Division rounds: the edges decide, the last range holds its upper edge.
    while (at > 0 && value < (bins[at] as number)) at--;
    while (at < numBins - 1 && value >= (bins[at + 1] as number)) at++;
    values[at] = (values[at] as number) + 1;
  }
  return { values, bins };
}
