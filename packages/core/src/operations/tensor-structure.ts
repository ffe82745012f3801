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
 * @param fn also receives the path of the tensor, such as `a.0`; empty for a single tensor.
 */
export async function mapTensors<T extends TensorStructure>(
  structure: T,
  fn: (tensor: Tensor, path: string) => Promise<Tensor>,
  path = "",
): Promise<T> {
  if (structure instanceof Tensor) return (await fn(structure, path)) as Tensor as T;
  const result: Record<string, TensorStructure> | TensorStructure[] = Array.isArray(structure)
    ? []
    : {};
  for (const [key, value] of entriesOf(structure) ?? []) {
    const mapped = await mapTensors(value, fn, join(path, key));
    (result as Record<string, TensorStructure>)[key] = mapped;
  }
  return result as T;
}

/** `VALUE_INVALID` naming the first leaf that is no tensor; undefined if all are. */
export function invalidLeaf(
  structure: TensorStructure,
  call: string,
  path = "",
): AcceleratorError | undefined {
  if (structure instanceof Tensor) return undefined;
  const entries = entriesOf(structure);
  if (!entries) {
    return new AcceleratorError(
      "VALUE_INVALID",
      `${call} takes tensors, or arrays and plain objects of them; found ${describe(structure)}` +
        `${path === "" ? "" : ` at ${path}`}.`,
    );
  }
  let fault: AcceleratorError | undefined;
  for (const [key, value] of entries) fault ??= invalidLeaf(value, call, join(path, key));
  return fault;
}

/** A structure as text, such as `{ a: float32[2], b: [int32[1]] }`. */
export function describeStructure(
  structure: TensorStructure,
  describePart: (tensor: Tensor) => string,
): string {
  if (structure instanceof Tensor) return describePart(structure);
  const entries = entriesOf(structure);
  if (!entries) return describe(structure);
  const parts = entries.map(([key, value]) => {
    const text = describeStructure(value, describePart);
    return Array.isArray(structure) ? text : `${key}: ${text}`;
  });
  return Array.isArray(structure) ? `[${parts.join(", ")}]` : `{ ${parts.join(", ")} }`;
}

/** The tensors of a structure. */
export function tensorsOf(structure: TensorStructure): Tensor[] {
  if (structure instanceof Tensor) return [structure];
  return (entriesOf(structure) ?? []).flatMap(([, value]) => tensorsOf(value));
}

/** Whether any leaf is a tensor. */
export function holdsTensor(value: unknown): boolean {
  if (value instanceof Tensor) return true;
  return (entriesOf(value) ?? []).some(([, item]) => holdsTensor(item));
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

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== "object") return `${typeof value} ${String(value)}`;
  return `a ${value.constructor?.name ?? "object"}`;
}
