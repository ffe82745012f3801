/**
 * Fails if the source of a package has a circle of files or a pair of folders that import each other, or if the folders
 * of packages/core/src import otherwise than docs/architecture.md says.
 */
import { existsSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import { fileCircles, twoWayFolders } from "./circles.mjs";
import { drawnMap } from "./drawn-map.mjs";
import { sourceImports } from "./source-imports.mjs";

const CORE = "packages/core/src";
const PAGE = "docs/architecture.md";
const LEAF = "a leaf";
/** The public names: these files may import everything. */
const PUBLIC = ["index.ts", "tracker.ts", "journal.ts", "command.ts"];
const faults = [];

for (const root of sourceRoots()) {
  const imports = sourceImports(root);
  for (const circle of fileCircles(imports)) {
    faults.push(`${root}: files import each other in a circle: ${circle.join(", ")}.`);
  }
  for (const { folders, examples } of twoWayFolders(imports)) {
    const arrows = examples.map(([from, to]) => `${from} imports ${to}`).join("; ");
    faults.push(`${root}: the folders ${folders.join(" and ")} import each other: ${arrows}.`);
  }
}
compareWithPage(sourceImports(CORE), drawnMap(PAGE));

for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);

function sourceRoots() {
  return ["packages", "packages/trackers"]
    .flatMap((parent) => readdirSync(parent).map((name) => `${parent}/${name}/src`))
    .filter((root) => existsSync(root));
}

/** Compares the imports with the list, folder by folder. */
function compareWithPage(imports, map) {
  const items = [...map.keys()];
  const used = new Map(items.map((item) => [item, new Set()]));
  for (const [file, targets] of imports) {
    const item = itemOf(file);
    if (PUBLIC.includes(file)) continue;
    const folder = targets.find((target) => itemOf(target) !== LEAF);
    if (item === LEAF && folder) {
      faults.push(
        `${PAGE}: ${file}, directly in src, imports ${folder}: any folder may import it.`,
      );
    }
    if (item === LEAF) continue;
    if (!map.has(item)) {
      faults.push(`${PAGE}: the list has no item for ${item}, where ${file} is.`);
      continue;
    }
    for (const target of targets) {
      const to = itemOf(target);
      if (to === LEAF || to === item) continue;
      if (map.get(item).includes(to)) used.get(item).add(to);
      else faults.push(`${PAGE}: ${file} imports ${target}, but ${item} may not import ${to}.`);
    }
  }
  for (const [index, item] of items.entries()) {
    if (!existsSync(`${CORE}/${item}`)) faults.push(`${PAGE}: there is no ${item} in ${CORE}.`);
    for (const to of map.get(item)) {
      if (items.indexOf(to) < 0 || items.indexOf(to) >= index) {
        faults.push(`${PAGE}: ${item} imports ${to}, which is not above it in the list.`);
      } else if (!used.get(item).has(to)) {
        faults.push(`${PAGE}: ${item} imports nothing of ${to}: take it out of its item.`);
      }
    }
  }
}

/** Files directly in `src` are leaves: any folder may import them, and they import none. */
function itemOf(file) {
  return dirname(file) === "." ? LEAF : dirname(file);
}
