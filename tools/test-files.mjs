/**
 * The test files of all packages, in a stable order: `*.test.ts`; `*.long-test.ts`, which launch or kill many times, or
 * train for long; `*.peer-test.ts`, which need other tools.
 */
import { join } from "node:path";
import { ownFiles } from "../packages/test-kit/src/own-files.mjs";

export const SUFFIXES = { short: ".test.ts", long: ".long-test.ts", peers: ".peer-test.ts" };

export function testFiles(pattern = "", suffix = SUFFIXES.short) {
  return ownFiles("packages")
    .filter((path) => path.endsWith(suffix))
    .map((path) => join("packages", path))
    .filter((path) => path.includes(pattern))
    .sort();
}
