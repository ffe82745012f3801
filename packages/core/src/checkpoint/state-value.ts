import { keep, Tensor, tensor, Variable } from "@tensorflow/tfjs-core";
import { AcceleratorError } from "../errors.ts";
import { decodeValue, encodeValue } from "../journal/journal-value.ts";
import { isPlainObject } from "../plain-object.ts";
import type { LogValue } from "../tracker-contract/log-value.ts";
import type { HostValues } from "./entry.ts";
import type { StoredTensor } from "./files/stored-tensor.ts";
import { tensorOfStored } from "./stored-tensor.ts";

/** The tensors and large arrays of a state, by their path in it. */
export type StateTensors = Map<string, Tensor | HostValues>;

const MAX_DEPTH = 100;

/**
 * Plain data as JSON. Tensors, `Float32Array` and `Int32Array` go to `tensors`; numbers that JSON cannot express, other
 * typed arrays, dates, Maps and Sets are written as in a journal: an object with the key `$`.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` naming the place of a value that cannot be saved.
 */
export function encodeState(value: unknown, tensors: StateTensors, path = ""): unknown {
  if (path.split("/").length > MAX_DEPTH)
    throw unsaveable(path, "it contains itself, or is too deep");
  if (value instanceof Tensor) return encodeTensor(value, tensors, path);
  if (value instanceof Float32Array || value instanceof Int32Array) {
    const dtype = value instanceof Float32Array ? "float32" : "int32";
    const at = freeName(tensors, path);
    tensors.set(at, { dtype, shape: [value.length], values: value });
    return { $: dtype, at };
  }
  const inner = (item: unknown, key: unknown) =>
    encodeState(item, tensors, path === "" ? String(key) : `${path}/${String(key)}`);
  if (Array.isArray(value)) return Array.from(value, inner);
  if (value instanceof Map) {
    return {
      $: "map",
      value: [...value].map(([key, item], i) => [inner(key, `${i}k`), inner(item, i)]),
    };
  }
  if (value instanceof Set) return { $: "set", value: [...value].map(inner) };
  if (isPlainObject(value)) {
    const copy = Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, inner(item, key)]),
    );
    return "$" in copy ? { $: "object", value: copy } : copy;
  }
  const isData =
    typeof value !== "object" ||
    value === null ||
    value instanceof Date ||
    ArrayBuffer.isView(value);
  if (typeof value === "function" || typeof value === "symbol" || !isData) {
    throw unsaveable(
      path,
      `it is ${typeof value === "object" ? `a ${value.constructor.name}` : `a ${typeof value}`}`,
    );
  }
  return encodeValue(value as LogValue);
}

/** The inverse of `encodeState` for what `checkState` lets through; tensors are new ones, which no scope disposes. */
export function decodeState(json: unknown, tensors: ReadonlyMap<string, StoredTensor>): unknown {
  if (typeof json !== "object" || json === null) return json;
  const inner = (item: unknown) => decodeState(item, tensors);
  if (Array.isArray(json)) return json.map(inner);
  const { $: kind, at, value } = json as { $?: string; at?: string; value?: unknown };
  if (kind === undefined) return decodeEntries(json, inner);
  if (kind === "object") return decodeEntries(value as object, inner);
  if (kind === "map")
    return new Map((value as [unknown, unknown][]).map(([key, item]) => [inner(key), inner(item)]));
  if (kind === "set") return new Set((value as unknown[]).map(inner));
  if (kind === "strings") {
    const { shape, values } = value as { shape: number[]; values: string[] };
    return keep(tensor(values, shape, "string"));
  }
  if (at === undefined) return decodeValue(json);
  const stored = tensors.get(at);
  if (!stored)
    throw new AcceleratorError("CHECKPOINT_DAMAGED", `The checkpoint has no tensor "${at}".`);
  if (kind === "tensor") return keep(tensorOfStored(stored));
  const bytes = stored.bytes.slice();
  return kind === "float32" ? new Float32Array(bytes.buffer) : new Int32Array(bytes.buffer);
}

function decodeEntries(json: object, inner: (item: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, inner(item)]));
}

function encodeTensor(value: Tensor, tensors: StateTensors, path: string): unknown {
  if (value.isDisposed) throw unsaveable(path, "it is a tensor that is disposed");
  if (value.dtype === "string") {
    return { $: "strings", value: { shape: value.shape, values: [...value.dataSync()] } };
  }
  const at = freeName(tensors, path);
  tensors.set(at, value);
  return { $: "tensor", at };
}

/** Keys may contain a slash, so two paths may be equal. */
function freeName(tensors: StateTensors, path: string): string {
  let name = path;
  while (tensors.has(name)) name += "'";
  return name;
}

function unsaveable(path: string, reason: string): AcceleratorError {
  return new AcceleratorError(
    "VALUE_INVALID",
    `saveState: the value at "${path}" cannot be saved: ${reason}. Plain data can: numbers, texts, lists, objects, Maps, ` +
      "Sets, dates, typed arrays and tensors. Give other objects stateDict() and loadStateDict(state).",
  );
}

/**
 * Gives a plain object, list, Map or Set the content of another one. Variables of `target` keep their identity: they get
 * the values.
 */
export function fillIn(target: object, source: object): void {
  if (target instanceof Map) {
    target.clear();
    for (const [key, item] of source as Map<unknown, unknown>) target.set(key, item);
  } else if (target instanceof Set) {
    target.clear();
    for (const item of source as Set<unknown>) target.add(item);
  } else {
    const [to, from] = [target as Record<string, unknown>, source as Record<string, unknown>];
    if (Array.isArray(target)) target.length = (source as unknown[]).length;
    else for (const key of Object.keys(to)) if (!Object.hasOwn(from, key)) delete to[key];
    for (const [key, item] of Object.entries(from)) {
      const live = Object.hasOwn(to, key) ? to[key] : undefined;
      if (live instanceof Variable && item instanceof Tensor) {
        live.assign(item);
        item.dispose();
      } else if (isFillable(live) && isFillable(item) && sameKind(live, item)) fillIn(live, item);
      else setOwn(to, key, item);
    }
  }
}

/** An assignment to `__proto__` would change the prototype. */
function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  const property = { value, configurable: true, enumerable: true, writable: true };
  if (key === "__proto__") Object.defineProperty(target, key, property);
  else target[key] = value;
}

/** Whether a value is plain data whose content can be replaced. */
export function isFillable(value: unknown): value is object {
  return (
    isPlainObject(value) || Array.isArray(value) || value instanceof Map || value instanceof Set
  );
}

function sameKind(a: object, b: object): boolean {
  return Object.getPrototypeOf(a) === Object.getPrototypeOf(b);
}
