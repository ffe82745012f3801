import { AcceleratorError } from "../../errors.ts";
import type { Manifest } from "./manifest.ts";

/**
 * Which checkpoints are kept: those that at least one rule wants, the newest, and those with a file `keep`. Without any rule
 * all are kept.
 */
export type RetentionRules = {
  /** The newest so many, from 1. */
  readonly totalLimit?: number | undefined;
  /** Those with the best values of a metric. */
  readonly keepBest?:
    | {
        /** Name in the `metrics` of the manifest. A checkpoint without it, or with NaN, comes last. */
        readonly metric: string;
        readonly mode: "min" | "max";
        /** Default 1. */
        readonly count?: number;
      }
    | undefined;
  /** The first checkpoint at or after every multiple of so many optimizer steps. */
  readonly keepEverySteps?: number | undefined;
  /** One of every so many milliseconds. */
  readonly keepEveryMs?: number | undefined;
};

/** A complete checkpoint. */
export type Candidate = {
  readonly iteration: number;
  readonly manifest: Manifest;
};

/** @throws {AcceleratorError} `OPTION_INVALID`. */
export function requireRules(rules: RetentionRules): void {
  const { totalLimit, keepBest, keepEverySteps, keepEveryMs } = rules;
  const numbers = { totalLimit, "keepBest.count": keepBest?.count, keepEverySteps };
  for (const [name, value] of Object.entries(numbers)) {
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1)) {
      throw invalid(`${name} must be an integer from 1, got ${value}`);
    }
  }
  if (keepEveryMs !== undefined && !(keepEveryMs > 0)) {
    throw invalid(`keepEveryMs must be above 0, got ${keepEveryMs}`);
  }
  if (keepBest && !["min", "max"].includes(keepBest.mode)) {
    throw invalid(`keepBest.mode must be "min" or "max", got ${JSON.stringify(keepBest.mode)}`);
  }
}

function invalid(fault: string): AcceleratorError {
  return new AcceleratorError("OPTION_INVALID", `${fault}.`);
}

/**
 * The numbers of the checkpoints that the rules want.
 *
 * @param candidates the oldest first.
 */
export function wantedBy(rules: RetentionRules, candidates: readonly Candidate[]): Set<number> {
  const hasRule = Object.values(rules).some((rule) => rule !== undefined);
  if (!hasRule) return numbersOf(candidates);
  return new Set([
    ...numbersOf(candidates.slice(-(rules.totalLimit ?? 1))),
    ...best(rules.keepBest, candidates),
    ...everySteps(rules.keepEverySteps, candidates),
    ...everyMs(rules.keepEveryMs, candidates),
  ]);
}

/** Of equal ones the newer is better. */
function best(rule: RetentionRules["keepBest"], candidates: readonly Candidate[]): Set<number> {
  if (!rule) return new Set();
  const { metric, mode, count = 1 } = rule;
  const cost = ({ manifest }: Candidate): number => {
    const value = Object.hasOwn(manifest.metrics, metric) ? manifest.metrics[metric] : undefined;
    if (value === undefined || Number.isNaN(value)) return Number.NaN;
    return mode === "min" ? value : -value;
  };
  const ranked = candidates.filter((candidate) => !Number.isNaN(cost(candidate)));
  ranked.sort((a, b) => compare(cost(a), cost(b)) || b.iteration - a.iteration);
  return numbersOf(ranked.slice(0, count));
}

/** Infinite values are equal to themselves, and a difference of them is NaN. */
function compare(a: number, b: number): number {
  return a < b ? -1 : Number(a > b);
}

function everySteps(every: number | undefined, candidates: readonly Candidate[]): Set<number> {
  if (every === undefined) return new Set();
  let multiple = 0;
  const first = candidates.filter(({ manifest }) => {
    const reached = Math.floor(manifest.steps / every);
    if (reached <= multiple) return false;
    multiple = reached;
    return true;
  });
  return numbersOf(first);
}

function everyMs(every: number | undefined, candidates: readonly Candidate[]): Set<number> {
  if (every === undefined) return new Set();
  let last = Number.NEGATIVE_INFINITY;
  const spaced = candidates.filter(({ manifest }) => {
    if (manifest.createdMs < last + every) return false;
    last = manifest.createdMs;
    return true;
  });
  return numbersOf(spaced);
}

function numbersOf(candidates: readonly Candidate[]): Set<number> {
  return new Set(candidates.map(({ iteration }) => iteration));
}
