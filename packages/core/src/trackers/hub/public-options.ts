import { isPlainObject } from "../../plain-object.ts";
import { SECRET_NAME, withoutUrlSecrets } from "../../secrets.ts";
import type { LogValue } from "../../tracker-contract/log-value.ts";

/**
 * The options of a tracker as a journal may hold them: without those that are secret by `secretNames` or by their
 * name, without keys in addresses, and without values that are not plain data.
 */
export function publicOptions(
  options: object,
  secretNames: readonly string[] = [],
): { readonly [key: string]: LogValue } {
  const entries = Object.entries(options)
    .filter(([key]) => !SECRET_NAME.test(key) && !secretNames.includes(key))
    .map(([key, value]) => [key, plain(value, secretNames)] as const)
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries);
}

function plain(value: unknown, secretNames: readonly string[]): LogValue {
  if (Array.isArray(value)) return value.map((item) => plain(item, secretNames));
  if (isPlainObject(value)) return publicOptions(value, secretNames);
  if (typeof value === "string") return withoutUrlSecrets(value);
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  return value as LogValue;
}
