import { isPlainObject } from "../plain-object.ts";
import type { LogValue } from "./log-value.ts";

/** Names that hold something secret, whatever a plugin says. */
const SECRET = /api_?key|access_?key|secret|password|passwd|token|credential|authorization/i;

/**
 * The options of a tracker as a journal may hold them: without what `secretNames` or the name says is secret, and
 * without what is no plain value.
 */
export function publicOptions(
  options: object,
  secretNames: readonly string[] = [],
): { readonly [key: string]: LogValue } {
  const entries = Object.entries(options)
    .filter(([key]) => !SECRET.test(key) && !secretNames.includes(key))
    .map(([key, value]) => [key, plain(value, secretNames)] as const)
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries);
}

function plain(value: unknown, secretNames: readonly string[]): LogValue {
  if (Array.isArray(value)) return value.map((item) => plain(item, secretNames));
  if (isPlainObject(value)) return publicOptions(value, secretNames);
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  return value as LogValue;
}
