import { types } from "node:util";

/**
 * What stands for an instance of a class among plain data: the items of a `Map` or `Set`, the primitive in a boxed one, what
 * `toJSON` returns, the text of a class that writes its own, or the fields.
 *
 * @returns undefined if there is nothing of these, as in a promise.
 */
export function instanceData(value: object): { readonly value: unknown } | undefined {
  if (types.isMap(value)) return { value: mapData(value as Map<unknown, unknown>) };
  if (types.isSet(value)) return { value: [...(value as Set<unknown>)] };
  if (types.isBoxedPrimitive(value)) return { value: value.valueOf() };
  if (types.isNativeError(value)) return { value: String(value) };
  const { toJSON, toString: write } = value as { toJSON?: unknown; toString?: unknown };
  if (typeof toJSON === "function") return { value: toJSON.call(value) };
  if (typeof write === "function" && write !== Object.prototype.toString) {
    return { value: String(value) };
  }
  return Object.keys(value).length > 0 ? { value: { ...value } } : undefined;
}

/** An object, if the keys have different texts; otherwise a list of pairs. */
function mapData(map: Map<unknown, unknown>): unknown {
  const isNamed = [...map.keys()].every(
    (key) => typeof key === "string" || typeof key === "number",
  );
  const names = new Set(isNamed ? [...map.keys()].map(String) : []);
  return isNamed && names.size === map.size ? Object.fromEntries(map) : [...map];
}
