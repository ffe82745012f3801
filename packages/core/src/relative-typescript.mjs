/**
 * Imports of TypeScript by a relative path on Node.js 20, where a start cache is asked for. For Node.js such a
 * path may be many things, and to find out takes as long as to load the file. Here it is a file, or Node.js is asked.
 */
import { lstatSync, realpathSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { isCaching } from "./start-cache.mjs";

const RELATIVE = /^\.\.?\/[^%?#\\]*\.m?ts$/;

/** Folders, and whether their paths hold no link: a module is known by its real path. */
const isReal = new Map();

/** Where the file is, or `undefined` for everything that Node.js must find itself. */
export function resolveTypeScript(specifier, parentUrl) {
  if (!isCaching || !parentUrl?.startsWith("file:") || !RELATIVE.test(specifier)) return undefined;
  const { href: url } = new URL(specifier, parentUrl);
  if (url.includes("/node_modules/")) return undefined; // Node.js refuses it
  const path = fileURLToPath(url);
  const isFile =
    lstatSync(path, { throwIfNoEntry: false })?.isFile() && isRealFolder(dirname(path));
  return isFile ? { url, format: "module", shortCircuit: true } : undefined;
}

function isRealFolder(folder) {
  const known = isReal.get(folder) ?? realpathSync(folder) === folder;
  isReal.set(folder, known);
  return known;
}
