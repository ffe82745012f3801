import { AcceleratorError } from "../errors.ts";
import { isPlainObject } from "../plain-object.ts";

/**
 * A copy of the state that `stateDict()` of a stream or a batchSampler gave: it may go on changing its own.
 *
 * @throws {AcceleratorError} `DATA_INVALID` if JSON cannot hold it.
 */
export function copyState(state: unknown, owner: string): unknown {
  const place = notPlain(state, "");
  if (place === undefined) return structuredClone(state);
  throw new AcceleratorError(
    "DATA_INVALID",
    `stateDict() of the ${owner} must give plain data that JSON can hold: finite numbers, strings, booleans, null, lists ` +
      `and plain objects. It has something else${place === "" ? "" : ` at ${place.slice(1)}`}.`,
  );
}

/** Where `value` holds something that JSON would change; undefined if it does not. */
function notPlain(value: unknown, path: string): string | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return undefined;
  if (typeof value === "number") return Number.isFinite(value) ? undefined : path;
  if (value === undefined && path !== "") return undefined; // JSON leaves it out
  if (!Array.isArray(value) && !isPlainObject(value)) return path;
  for (const [key, part] of Object.entries(value)) {
    const place = notPlain(part, `${path}.${key}`);
    if (place !== undefined) return place;
  }
  return undefined;
}
