/** The files of a folder that are ours: what is installed below it, and what links lead to, is left out. */
import { readdirSync } from "node:fs";
import { join } from "node:path";

const FOREIGN = new Set(["node_modules", ".git"]);

/**
 * Node.js's own recursion would follow the links of packages in a circle.
 *
 * @param {string} folder
 * @returns {string[]} paths relative to the folder.
 */
export function ownFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [entry.name];
    if (FOREIGN.has(entry.name)) return [];
    return ownFiles(join(folder, entry.name)).map((path) => join(entry.name, path));
  });
}
