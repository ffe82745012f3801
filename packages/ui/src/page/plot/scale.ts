/** Where a curve is painted, in device pixels. */
export type Box = {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
};

/** From values to device pixels. */
export type Scale = { readonly min: number; readonly max: number; readonly isLog: boolean };

/** @param from the pixel of `min`, @param to that of `max`. What a logarithm does not have becomes NaN. */
export function pixels({ min, max, isLog }: Scale, from: number, to: number) {
  const start = isLog ? Math.log(min) : min;
  const factor = (to - from) / ((isLog ? Math.log(max) : max) - start);
  if (!isLog) return (value: number): number => from + (value - start) * factor;
  return (value: number): number =>
    value > 0 ? from + (Math.log(value) - start) * factor : Number.NaN;
}

/** The value in the middle of each of `count` columns of equal width. */
export function columnCentres({ min, max, isLog }: Scale, count: number) {
  if (!isLog) return (column: number): number => min + ((column + 0.5) / count) * (max - min);
  const ratio = Math.log(max / min);
  return (column: number): number => min * Math.exp(((column + 0.5) / count) * ratio);
}

/** A range with some width around one that may have none, or may be empty: axes need one. */
export function widened(min: number, max: number, isLog: boolean, margin = 0): Scale {
  if (!(min <= max)) return isLog ? { min: 0.1, max: 1, isLog } : { min: 0, max: 1, isLog };
  if (isLog) {
    const factor = min === max ? 2 : (max / min) ** margin;
    return { min: Math.max(min / factor, Number.MIN_VALUE), max: max * factor, isLog };
  }
  // Halves first: the difference of the largest numbers is infinite.
  const half = max / 2 - min / 2;
  const space = half === 0 ? Math.abs(min) * 0.05 || 0.5 : half * 2 * margin;
  const [low, high] = [min - space, max + space];
  if (!Number.isFinite(low) || !Number.isFinite(high)) return { min, max, isLog };
  return { min: low, max: high, isLog };
}
