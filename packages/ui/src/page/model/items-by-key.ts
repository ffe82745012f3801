import type { MediaItem } from "../../wire/schema.ts";

/** What was logged under each key, by the names of the keys. */
export function itemsByKey(
  items: readonly MediaItem[],
): (readonly [key: string, items: readonly MediaItem[]])[] {
  const keys = [...new Set(items.map(({ key }) => key))].sort();
  return keys.map((key) => [key, items.filter((item) => item.key === key)]);
}
