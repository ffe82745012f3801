import { type Json, Undrawable } from "../drawing.ts";
import { listOf, numberOr, objectOf, type Trace } from "./trace.ts";

export type Bins = { readonly x0: number; readonly x1: number; readonly count: number }[];

/** How many values of a histogram lie in each part. */
export function binsOf({ attributes, name }: Trace): Bins {
  const { x, xbins, nbinsx, histnorm = "", y } = attributes;
  if (x === undefined || y !== undefined) {
    throw new Undrawable(`the histogram "${name}" is not of values along x, which alone is drawn`);
  }
  const numbers = listOf(x).filter((value): value is number => typeof value === "number");
  if (numbers.length === 0) throw new Undrawable(`the histogram "${name}" has no numbers`);
  const { start, end, size } = objectOf(xbins);
  const low = numberOr(start, least(numbers));
  const high = numberOr(end, -least(numbers.map((value) => -value)));
  const width = numberOr(size, niceWidth(high - low, numberOr(nbinsx, Math.sqrt(numbers.length))));
  const from = start === undefined ? Math.floor(low / width) * width : low;
  const counts = new Map<number, number>();
  for (const value of numbers) {
    if (value < low || value > high) continue;
    const bin = Math.floor((value - from) / width);
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  const weight = weightOf(histnorm, numbers.length, width);
  if (weight === undefined) {
    throw new Undrawable(`the histogram "${name}" has a histnorm that is not drawn`);
  }
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([bin, count]) => ({
      ...{ x0: from + bin * width, x1: from + (bin + 1) * width, count: count * weight },
    }));
}

function weightOf(histnorm: Json, total: number, width: number): number | undefined {
  const weights: { readonly [name: string]: number } = {
    ...{ "": 1, percent: 100 / total, probability: 1 / total },
    ...{ density: 1 / width, "probability density": 1 / (total * width) },
  };
  return weights[String(histnorm)];
}

function least(numbers: readonly number[]): number {
  return numbers.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
}

/** 1, 2 or 5 times a power of ten, so that there are not more parts. */
function niceWidth(range: number, most: number): number {
  const rough = range / Math.max(1, most);
  if (!(rough > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough) ?? 10;
  return factor * power;
}
