import type { Variable } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";

/** A variable of a checkpoint, without its values. */
export type SavedVariable = {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
};

/** Which saved variable each variable of a model gets. */
export type Match = {
  readonly pairs: ReadonlyMap<Variable, SavedVariable>;
  /** What the user should know; undefined if there is nothing. */
  readonly notice: string | undefined;
};

/**
 * Matches the variables of a model with those of a checkpoint: by name, because the order of layers may change; where
 * tfjs chose the names, which it takes from a counter of the process, by order.
 *
 * @param strict false: leaves out what does not fit.
 * @throws {AcceleratorError} `CHECKPOINT_MODEL_MISMATCH` naming the first difference.
 */
export function matchVariables(
  saved: readonly SavedVariable[],
  live: readonly Variable[],
  { model, strict }: { readonly model: string; readonly strict: boolean },
): Match {
  const byName = matchByName(saved, live);
  if (byName) return { pairs: byName, notice: undefined };
  if (fitsInOrder(saved, live) && (sameWithoutCounters(saved, live) || noneShared(saved, live))) {
    const pairs = new Map(live.map((variable, i) => [variable, saved[i] as SavedVariable]));
    const isRenamed = live.some(({ name }, i) => !isUnnamed(name) && name !== saved[i]?.name);
    const notice =
      `The variables of ${model} have other names than in the checkpoint ("${saved[0]?.name}", now "${live[0]?.name}"); ` +
      "their number and shapes are equal, so they were loaded in their order.";
    return { pairs, notice: isRenamed ? notice : undefined };
  }
  const difference = differenceOf(saved, live);
  if (strict) {
    throw new AcceleratorError(
      "CHECKPOINT_MODEL_MISMATCH",
      `loadState: ${model} is not the one of the checkpoint: ${difference} Build the same model, or load what fits with ` +
        "{ strict: false }.",
    );
  }
  const known = new Map(saved.map((one) => [one.name, one]));
  const pairs = new Map<Variable, SavedVariable>();
  for (const variable of live) {
    const one = known.get(variable.name);
    if (one && fits(one, variable)) pairs.set(variable, one);
  }
  const notice = `${pairs.size} of ${live.length} variables of ${model} were loaded: ${difference}`;
  return { pairs, notice };
}

function matchByName(
  saved: readonly SavedVariable[],
  live: readonly Variable[],
): Map<Variable, SavedVariable> | undefined {
  if (saved.length !== live.length) return undefined;
  const unnamed = saved.filter(({ name }) => isUnnamed(name));
  const known = new Map(saved.map((one) => [one.name, one]));
  const pairs = new Map<Variable, SavedVariable>();
  let next = 0;
  for (const variable of live) {
    const one = isUnnamed(variable.name) ? unnamed[next++] : known.get(variable.name);
    if (!one || !fits(one, variable)) return undefined;
    pairs.set(variable, one);
  }
  return pairs;
}

/** tfjs names variables without a name by a counter of the thread. */
function isUnnamed(name: string): boolean {
  return /^\d+$/.test(name);
}

function fits(saved: SavedVariable, { dtype, shape }: Variable): boolean {
  return saved.dtype === dtype && String(saved.shape) === String(shape);
}

function fitsInOrder(saved: readonly SavedVariable[], live: readonly Variable[]): boolean {
  return saved.length === live.length && saved.every((one, i) => fits(one, live[i] as Variable));
}

function noneShared(saved: readonly SavedVariable[], live: readonly Variable[]): boolean {
  const names = new Set(saved.map(({ name }) => name));
  return !live.some(({ name }) => names.has(name));
}

/** Whether the names differ only in the counters that tfjs adds: `dense_Dense2/kernel_1`. */
function sameWithoutCounters(saved: readonly SavedVariable[], live: readonly Variable[]): boolean {
  return saved.every(
    ({ name }, i) => withoutCounters(name) === withoutCounters(live[i]?.name ?? ""),
  );
}

function withoutCounters(name: string): string {
  return name
    .replace(/_([A-Z][A-Za-z0-9]*?)\d+(?=\/|$)/g, "_$1")
    .replace(/_\d+(?=\/|$)/g, "")
    .replace(/^\d+$/, "");
}

function differenceOf(saved: readonly SavedVariable[], live: readonly Variable[]): string {
  const known = new Map(saved.map((one) => [one.name, one]));
  for (const variable of live) {
    const one = known.get(variable.name);
    if (!one) {
      if (noneShared(saved, live)) break;
      return `it has a variable ${textOf(variable)}, which the checkpoint does not have.`;
    }
    if (!fits(one, variable))
      return `the variable ${textOf(variable)} is ${textOf(one)} in the checkpoint.`;
  }
  const names = new Set(live.map(({ name }) => name));
  const missing = saved.find(({ name }) => !names.has(name));
  if (missing && !noneShared(saved, live)) {
    return `the checkpoint has a variable ${textOf(missing)}, which it does not have.`;
  }
  if (saved.length !== live.length) {
    return `it has ${live.length} variables, and the checkpoint ${saved.length}.`;
  }
  const at = saved.findIndex((one, i) => !fits(one, live[i] as Variable));
  return `variable ${at} is ${textOf(live[at])}, and ${textOf(saved[at])} in the checkpoint.`;
}

function textOf(variable: SavedVariable | undefined): string {
  return variable
    ? `"${variable.name}" ${variable.dtype}[${variable.shape.join(", ")}]`
    : "missing";
}
