import type { MediaItem } from "../../wire/schema.ts";

/** What was logged under each key, by the names of the keys. */
export function itemsByKey<Item extends MediaItem>(
  items: readonly Item[],
): (readonly [key: string, items: readonly Item[]])[] {
  const keys = [...new Set(items.map(({ key }) => key))].sort();
  return keys.map((key) => [key, items.filter((item) => item.key === key)]);
}
