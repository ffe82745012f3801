import { Tensor } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../../errors.ts";
import { foundText } from "../../options/found-text.ts";
import type { LogValue, LogValues } from "../../tracker-contract/log-value.ts";
import { describeValue } from "./describe-value.ts";

const REDUCTIONS = ["mean", "min", "max", "sum", "perRank"] as const;

/** How the values of all ranks become one; `"perRank"` keeps each under a name of its own, such as `loss/rank_0`. */
export type LogReduction = (typeof REDUCTIONS)[number];

/** The values of one rank. */
export type RankValues = { readonly rank: number; readonly values: LogValues };

/** Combines what ranks log, name by name, over the ranks that have a number there. */
export function combine(parts: readonly RankValues[], reduction: LogReduction): LogValues {
  if (reduction === "perRank") {
    const entries = parts.flatMap(({ rank, values }) =>
      Object.entries(values).map(([name, value]) => [`${name}/rank_${rank}`, value] as const),
    );
    return Object.fromEntries(entries);
  }
  const names = [...new Set(parts.flatMap(({ values }) => Object.keys(values)))];
  return Object.fromEntries(
    names.flatMap((name) => {
      const numbers = parts.flatMap(({ values }) => numberOf(values[name]) ?? []);
      return numbers.length === 0 ? [] : [[name, reduce(numbers, reduction)]];
    }),
  );
}

/**
 * @throws {AcceleratorError} `OPTION_INVALID` for what is no reduction, `VALUE_INVALID` for a value that has no mean.
 */
export function requireReducible(values: object, reduction: unknown): LogReduction {
  const known = REDUCTIONS.find((candidate) => candidate === reduction);
  if (!known) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      `log: reduce must be one of ${REDUCTIONS.join(", ")}, got ${foundText(reduction)}.`,
    );
  }
  for (const [name, value] of known === "perRank" ? [] : Object.entries(values)) {
    const isScalar = value instanceof Tensor && value.size === 1 && value.dtype !== "string";
    if (isScalar || typeof value === "number" || typeof value === "boolean") continue;
    throw new AcceleratorError(
      "VALUE_INVALID",
      `log: "${name}" has no ${known} over the ranks: a number or a scalar tensor is needed, got ${describeValue(value)}. ` +
        'Log it in a call without reduce, or with reduce: "perRank".',
    );
  }
  return known;
}

/** A tensor of one element was read as nested lists. */
function numberOf(value: LogValue | undefined): number | undefined {
  if (Array.isArray(value)) return numberOf(value[0]);
  if (typeof value === "boolean") return Number(value);
  return typeof value === "number" ? value : undefined;
}

function reduce(numbers: readonly number[], reduction: Exclude<LogReduction, "perRank">): number {
  if (reduction === "min") return Math.min(...numbers);
  if (reduction === "max") return Math.max(...numbers);
  const sum = numbers.reduce((total, number) => total + number, 0);
  return reduction === "sum" ? sum : sum / numbers.length;
}
