/**
 * What makes later starts on Node.js 20 shorter, kept in the folder that `NODE_COMPILE_CACHE` names, where newer Node.js
 * keeps its own. Without that variable nothing is kept. A folder that cannot be read or written costs time, never the
 * program.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { threadId } from "node:worker_threads";

const cache = process.env.NODE_COMPILE_CACHE;

export const isCaching = Boolean(cache);

/**
 * The text that `make` returns for a key, from an earlier start if there is one.
 * @param {string} kind the folder, with the version of what makes the text
 * @param {string} key all that the text depends on, so that a kept one is never out of date
 * @param {() => string} make throws if there is no such text; then nothing is kept
 */
export function cached(kind, key, make) {
  if (!cache) return make();
  const path = join(cache, kind, `${createHash("sha256").update(key).digest("hex")}.js`);
  const known = read(path);
  if (known !== undefined) return known;
  const text = make();
  keep(path, text);
  return text;
}

function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function keep(path, text) {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const part = `${path}.${process.pid}-${threadId}`; // other threads write the same file: each sees it whole or not at all
    writeFileSync(part, text);
    renameSync(part, path);
  } catch {
    // made again next time
  }
}
