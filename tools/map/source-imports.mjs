/** The imports between the source files of a package, types included. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** Static and dynamic imports and re-exports of relative paths, as the formatter writes them. */
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*"(\.[^"]+)"/g;

/** Relative imports of every file below `root`: paths relative to `root`, file by file. */
export function sourceImports(root) {
  const files = readdirSync(root, { recursive: true })
    .filter((path) => /\.(ts|mjs)$/.test(path))
    .sort();
  return new Map(files.map((file) => [file, importsOf(root, file)]));
}

function importsOf(root, file) {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(IMPORT)].map(([, path]) => normalize(join(dirname(file), path)));
}
