import { Variable } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { decodeValue } from "../journal/journal-value.ts";
import type { StoredTensor } from "./files/stored-tensor.ts";

type Tensors = ReadonlyMap<string, StoredTensor>;
type Encoded = { readonly $?: unknown; readonly at?: unknown; readonly value?: unknown };

/**
 * Checks what `encodeState` has made, so that `decodeState` cannot fail.
 *
 * @throws {AcceleratorError} `CHECKPOINT_DAMAGED` naming the place that cannot be decoded, or the tensor that is not there.
 */
export function checkState(json: unknown, tensors: Tensors, place = ""): void {
  if (typeof json !== "object" || json === null) return;
  const { $: kind, at, value } = json as Encoded;
  if (Array.isArray(json) || kind === undefined) checkItems(json, tensors, place);
  else if (kind === "object") checkItems(requireObject(value, place), tensors, place);
  else if (kind === "set") checkItems(requireList(value, place), tensors, place);
  else if (kind === "map") {
    for (const pair of requireList(value, place)) {
      if (!Array.isArray(pair) || pair.length !== 2) throw damaged(place, "has no pairs");
      checkItems(pair, tensors, place);
    }
  } else if (kind === "strings") checkStrings(value, place);
  else if (at === undefined) checkValue(json, place);
  else checkTensor(kind, at, tensors, place);
}

function checkItems(items: object, tensors: Tensors, place: string): void {
  for (const [key, item] of Object.entries(items)) checkState(item, tensors, `${place}/${key}`);
}

function checkTensor(kind: unknown, at: unknown, tensors: Tensors, place: string): void {
  const stored = typeof at === "string" ? tensors.get(at) : undefined;
  if (!stored) throw new AcceleratorError("CHECKPOINT_DAMAGED", `there is no tensor "${at}"`);
  if (kind !== "tensor" && stored.dtype !== kind) throw damaged(place, `is no ${stored.dtype}`);
}

function checkStrings(value: unknown, place: string): void {
  const { shape, values } = requireObject(value, place) as { shape?: unknown; values?: unknown };
  const lengths = requireList(shape, place);
  const size = lengths.reduce<number>((product, length) => product * Number(length), 1);
  const isCounts = lengths.every((length) => Number.isSafeInteger(length) && Number(length) >= 0);
  const texts = requireList(values, place);
  if (isCounts && texts.length === size && texts.every((text) => typeof text === "string")) return;
  throw damaged(place, "is no tensor of texts");
}

function checkValue(json: unknown, place: string): void {
  try {
    decodeValue(json);
  } catch {
    throw damaged(place, "cannot be decoded");
  }
}

function requireObject(value: unknown, place: string): object {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw damaged(place, "has no object");
}

function requireList(value: unknown, place: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw damaged(place, "has no list");
}

function damaged(place: string, fault: string): AcceleratorError {
  const name = place === "" ? "it" : `"${place.slice(1)}"`;
  return new AcceleratorError("CHECKPOINT_DAMAGED", `${name} ${fault}`);
}

/**
 * The first variable in `live` that would get a tensor of another form, in words. Only variables keep their identity: everything
 * else is replaced.
 */
export function differentVariable(
  live: unknown,
  json: unknown,
  tensors: Tensors,
  place = "",
): string | undefined {
  if (typeof live !== "object" || live === null || typeof json !== "object" || json === null)
    return undefined;
  const { $: kind, at, value } = json as Encoded;
  if (live instanceof Variable) {
    const stored = kind === "tensor" ? tensors.get(String(at)) : undefined;
    const isSame = stored?.dtype === live.dtype && String(stored.shape) === String(live.shape);
    if (!stored || isSame) return undefined;
    return (
      `the variable "${place.slice(1)}" is ${live.dtype}[${live.shape}], and ${stored.dtype}[${stored.shape}] in ` +
      "the checkpoint"
    );
  }
  const items = kind === "object" ? value : kind === undefined ? json : undefined;
  if (typeof items !== "object" || items === null) return undefined;
  for (const [key, item] of Object.entries(items)) {
    if (!Object.hasOwn(live, key)) continue;
    const own = (live as { readonly [key: string]: unknown })[key];
    const difference = differentVariable(own, item, tensors, `${place}/${key}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}
