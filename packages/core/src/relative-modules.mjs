/**
 * Imports by a relative path on Node.js 20, where a start cache is asked for. For Node.js such a path may be many things, and to
 * find out takes as long as to load the file. Here it is an ES module or a TypeScript file, or Node.js is asked.
 */
import { lstatSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isCaching } from "./start-cache.mjs";

const RELATIVE = /^\.\.?\/[^%?#\\]*\.(js|m?ts)$/;

/** Folders, and whether their paths hold no link: a module is known by its real path. */
const isReal = new Map();
/** Folders, and whether a `.js` file in them is an ES module. */
const hasModules = new Map();

/** Where the file is, or `undefined` for everything that Node.js must find itself. */
export function resolveRelative(specifier, parentUrl) {
  if (!isCaching || !parentUrl?.startsWith("file:")) return undefined;
  const [match, kind] = RELATIVE.exec(specifier) ?? [];
  if (match === undefined) return undefined;
  const { href: url } = new URL(specifier, parentUrl);
  if (kind !== "js" && url.includes("/node_modules/")) return undefined; // Node.js refuses it
  const path = fileURLToPath(url);
  if (!lstatSync(path, { throwIfNoEntry: false })?.isFile()) return undefined;
  const folder = dirname(path);
  if (!isRealFolder(folder) || (kind === "js" && !holdsModules(folder))) return undefined;
  return { url, format: "module", shortCircuit: true };
}

function isRealFolder(folder) {
  const known = isReal.get(folder) ?? realpathSync(folder) === folder;
  isReal.set(folder, known);
  return known;
}

/** By the nearest package.json, up to a folder node_modules. */
function holdsModules(folder) {
  let known = hasModules.get(folder);
  if (known === undefined) {
    const parent = dirname(folder);
    const isTop = parent === folder || basename(folder) === "node_modules";
    known = !isTop && (typeIn(folder) ?? holdsModules(parent));
    hasModules.set(folder, known);
  }
  return known;
}

function typeIn(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).type === "module";
  } catch (error) {
    return error.code === "ENOENT" ? undefined : false; // Node.js tells what is wrong with it
  }
}
