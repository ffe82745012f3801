import { concat, type DataType, slice, type Tensor, tidy, zeros } from "@tensorflow/tfjs-core";
import { recursivelyApply } from "./structures.ts";
import {
  describeStructure,
  isTensorStructure,
  type TensorStructure,
  tensorsOf,
} from "./tensor-structure.ts";

/** The results of one step on one rank: tensors with the real rows only, or entries of a list. */
export type Part = {
  readonly rows: number;
  /** The form of what was added, such as `{ a: float32[*, 3] }`; equal for parts that can be joined. */
  readonly form: string;
  readonly example: Example;
  readonly tensors: readonly Tensor[];
  readonly entries: readonly unknown[];
};

/** What a rank that has no part needs to take part: plain data. */
export type Example = {
  /** The structure with the number of each tensor in its place; undefined for a list. */
  readonly structure: unknown;
  readonly specs: readonly { readonly dtype: DataType; readonly shape: readonly number[] }[];
};

/** Rows or entries of what is to be added; undefined if it has none. */
export function rowCounts(value: unknown): number[] {
  if (isTensorStructure(value)) return tensorsOf(value).map(({ shape }) => shape[0] ?? -1);
  return Array.isArray(value) ? [value.length] : [-1];
}

/** A part with the first rows of each tensor, copied; the caller disposes it. */
export function partOf(value: TensorStructure | readonly unknown[], rows: number): Part {
  if (!isTensorStructure(value)) {
    const example = { structure: undefined, specs: [] };
    return { rows, form: "a list", example, tensors: [], entries: value.slice(0, rows) };
  }
  const own = tensorsOf(value);
  let next = 0;
  const structure = recursivelyApply(() => next++, value);
  return {
    rows,
    form: describeStructure(value, ({ dtype, shape }) => `${dtype}[${["*", ...shape.slice(1)]}]`),
    example: { structure, specs: own.map(({ dtype, shape }) => ({ dtype, shape: [...shape] })) },
    tensors: tidy(() => own.map((tensor) => slice(tensor, 0, rows))),
    entries: [],
  };
}

/** The tensors of all parts, one below the other, with `length` rows; the missing ones are zeros. */
export function joinedRows(parts: readonly Part[], { specs }: Example, length: number): Tensor[] {
  return specs.map(({ dtype, shape }, place) =>
    tidy(() => {
      const rows = parts.map(({ tensors }) => tensors[place] as Tensor);
      const missing = parts.reduce((left, part) => left - part.rows, length);
      return concat([...rows, zeros([missing, ...shape.slice(1)], dtype)]);
    }),
  );
}

/**
 * Where the rows of a pass are, in its order: each step has the rows of all ranks, in rank order.
 *
 * @param ranks rows of each step, of every rank.
 * @param length of the block of a rank.
 */
export function placesOf(ranks: readonly (readonly number[])[], length: number): Int32Array {
  const next = ranks.map((_, rank) => rank * length);
  const places: number[] = [];
  for (let step = 0; ranks.some((steps) => step < steps.length); step++) {
    for (const [rank, steps] of ranks.entries()) {
      for (let row = 0; row < (steps[step] ?? 0); row++) places.push((next[rank] as number)++);
    }
  }
  return Int32Array.from(places);
}

/** The structure with tensors in the place of their numbers. */
export function filled(structure: unknown, tensors: readonly Tensor[]): TensorStructure {
  if (typeof structure === "number") return tensors[structure] as Tensor;
  if (Array.isArray(structure)) return structure.map((item) => filled(item, tensors));
  const entries = Object.entries(structure as object);
  return Object.fromEntries(entries.map(([key, item]) => [key, filled(item, tensors)]));
}
