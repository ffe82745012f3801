import { concat, slice, Tensor, tidy } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { checkArgument } from "../options/check-options.ts";
import { foundText } from "../options/found-text.ts";
import { requireFunction } from "../options/require-function.ts";
import { isPlainObject } from "../plain-object.ts";
import { describeStructure, type TensorStructure } from "./tensor-structure.ts";

/**
 * A structure of the same arrays and plain objects with `fn` applied to every tensor; what is no tensor stays.
 *
 * @param fn what it makes belongs to the active step, or to the caller.
 * @throws {AcceleratorError} `OPTION_INVALID` if it is no function.
 */
export function recursivelyApply(fn: (tensor: Tensor) => unknown, structure: unknown): unknown {
  requireFunction("recursivelyApply", fn);
  if (structure instanceof Tensor) return fn(structure);
  if (Array.isArray(structure)) return structure.map((item) => recursivelyApply(fn, item));
  if (!isPlainObject(structure)) return structure;
  const entries = Object.entries(structure);
  return Object.fromEntries(entries.map(([key, item]) => [key, recursivelyApply(fn, item)]));
}

/**
 * The number of rows of the first tensor in arrays and plain objects.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` if there is no tensor, or it is a scalar.
 */
export function findBatchSize(structure: unknown): number {
  const size = ignorantFindBatchSize(structure);
  if (size !== undefined) return size;
  throw new AcceleratorError(
    "VALUE_INVALID",
    `findBatchSize: there is no tensor with rows in ${describeStructure(structure as TensorStructure, ({ dtype, shape }) => `${dtype}[${shape}]`)}.`,
  );
}

/** The same, but undefined where `findBatchSize` throws. */
export function ignorantFindBatchSize(structure: unknown): number | undefined {
  let size: number | undefined;
  recursivelyApply(({ shape }) => {
    size ??= shape[0];
  }, structure);
  return size;
}

/**
 * Rows `start` to `end`, without `end`, of every tensor of a structure; negative ones count from the end. The results belong to
 * the active step, or to the caller.
 *
 * @throws {AcceleratorError} `OPTION_INVALID` if they are no integers.
 */
export function sliceTensors<T>(structure: T, start: number, end?: number): T {
  checkArgument("sliceTensors", "start", start, "integer");
  if (end !== undefined) checkArgument("sliceTensors", "end", end, "integer");
  const sliced = recursivelyApply((tensor) => {
    const rows = tensor.shape[0] ?? 0;
    const from = Math.min(start < 0 ? Math.max(rows + start, 0) : start, rows);
    const to = Math.min(end === undefined ? rows : end < 0 ? rows + end : end, rows);
    return slice(tensor, from, Math.max(to - from, 0));
  }, structure);
  return sliced as T;
}

/**
 * Joins structures of the same form, tensor by tensor, along an axis. The results belong to the active step, or to the
 * caller.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` if there is none, or their forms differ; `OPTION_INVALID` if it is no list.
 */
export function concatenate<T extends TensorStructure>(structures: readonly T[], axis = 0): T {
  if (!Array.isArray(structures)) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      `concatenate needs a list of structures, got ${foundText(structures)}.`,
    );
  }
  const [first] = structures as readonly T[];
  if (first === undefined) {
    throw new AcceleratorError("VALUE_INVALID", "concatenate: the list of structures is empty.");
  }
  const formOf = (structure: TensorStructure) => describeStructure(structure, () => "tensor");
  const form = formOf(first);
  const other = structures.find((structure) => formOf(structure) !== form);
  if (other !== undefined) {
    throw new AcceleratorError(
      "VALUE_INVALID",
      `concatenate: the structures differ: ${form} and ${formOf(other)}.`,
    );
  }
  const lists: Tensor[][] = structures.map((structure) => {
    const tensors: Tensor[] = [];
    recursivelyApply((tensor) => tensors.push(tensor), structure);
    return tensors;
  });
  let next = 0;
  return recursivelyApply(() => {
    const place = next++;
    return tidy(() =>
      concat(
        lists.map((list) => list[place] as Tensor),
        axis,
      ),
    );
  }, first) as T;
}

/** A structure with nested arrays of numbers in place of tensors. */
export async function listify(structure: unknown): Promise<unknown> {
  if (structure instanceof Tensor) return structure.array();
  if (Array.isArray(structure)) return Promise.all(structure.map(listify));
  if (!isPlainObject(structure)) return structure;
  const entries = Object.entries(structure).map(async ([key, item]) => [key, await listify(item)]);
  return Object.fromEntries(await Promise.all(entries));
}
