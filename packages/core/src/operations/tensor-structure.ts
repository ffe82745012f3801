import { Tensor } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { isPlainObject } from "../plain-object.ts";

/** A tensor, or arrays and plain objects of tensors, nested. */
export type TensorStructure =
  | Tensor
  | readonly TensorStructure[]
  | { readonly [key: string]: TensorStructure };

/**
 * Applies `fn` to every tensor of a structure, in a fixed order, one after the other; the result has the
 * same structure.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` naming the first leaf that is no tensor.
 */
export async function mapTensors<T extends TensorStructure>(
  structure: T,
  call: string,
  fn: (tensor: Tensor) => Promise<Tensor>,
  path = "",
): Promise<T> {
  if (structure instanceof Tensor) return (await fn(structure)) as Tensor as T;
  const entries = entriesOf(structure);
  if (!entries) {
    throw new AcceleratorError(
      "VALUE_INVALID",
      `${call} takes tensors, or arrays and plain objects of them; found ${describe(structure)}` +
        `${path === "" ? "" : ` at ${path}`}.`,
    );
  }
  const result: Record<string, TensorStructure> | TensorStructure[] = Array.isArray(structure)
    ? []
    : {};
  for (const [key, value] of entries) {
    const mapped = await mapTensors(value, call, fn, path === "" ? key : `${path}.${key}`);
    (result as Record<string, TensorStructure>)[key] = mapped;
  }
  return result as T;
}

/** The tensors of a structure. */
export function tensorsOf(structure: TensorStructure): Tensor[] {
  if (structure instanceof Tensor) return [structure];
  return (entriesOf(structure) ?? []).flatMap(([, value]) => tensorsOf(value));
}

/** Whether every leaf is a tensor, and there is one. */
export function isTensorStructure(value: unknown): value is TensorStructure {
  if (value instanceof Tensor) return true;
  const entries = entriesOf(value);
  return (
    entries !== undefined &&
    entries.length > 0 &&
    entries.every(([, item]) => isTensorStructure(item))
  );
}

function entriesOf(value: unknown): [string, TensorStructure][] | undefined {
  if (!Array.isArray(value) && !isPlainObject(value)) return undefined;
  return Object.entries(value) as [string, TensorStructure][];
}

function describe(value: unknown): string {
  if (value === null || typeof value !== "object") return `${typeof value} ${String(value)}`;
  return `a ${value.constructor?.name ?? "object"}`;
}
