/**
 * Where programs that tests and checks need are installed: outside the checkout, kept between runs. Plain JavaScript: it
 * runs before anything is installed.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const COMPLETE = ".complete";

/**
 * Folder of a program; each recipe has its own folder.
 *
 * @param {string} name
 * @param {string} recipe
 * @returns {string}
 */
export function cacheFolder(name, recipe) {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const version = createHash("sha256").update(recipe).digest("hex").slice(0, 12);
  return join(cache, "accelerate-ts", `${name}-${version}`);
}

/**
 * @param {string} folder
 * @returns {boolean}
 */
export function isComplete(folder) {
  return existsSync(join(folder, COMPLETE));
}

/**
 * Runs `build(folder)` unless an earlier run completed it.
 *
 * @param {string} folder
 * @param {(folder: string) => Promise<void>} build
 * @returns {Promise<void>}
 */
export async function buildOnce(folder, build) {
  if (isComplete(folder)) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await build(folder);
  writeFileSync(join(folder, COMPLETE), "");
}
