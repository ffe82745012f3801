/**
 * The map that docs/architecture.md draws of the folders of packages/core/src: a list with an item for each folder, which
 * says what the folder holds and, after "Imports:", which folders above it in the list it may import.
 */
import { readFileSync } from "node:fs";

const HEADING = /^## The folders of .*$/m;

/** @returns the folders that each folder may import, in the order of the list. */
export function drawnMap(page) {
  const [, section = ""] = readFileSync(page, "utf8").split(HEADING);
  const items = section.split(/\n(?=- )|\n(?=\n)/).filter((item) => item.startsWith("- `"));
  if (items.length === 0) throw new Error(`${page} has no list of the folders.`);
  return new Map(
    items.map((item) => {
      const [holds, imports = ""] = item.split("Imports:");
      const [folder] = namesIn(holds);
      return [folder, namesIn(imports)];
    }),
  );
}

function namesIn(text) {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
}
