/** The test files of all packages, in a stable order: `*.test.ts`, or `*.peer-test.ts`, which need other tools. */
import { readdirSync } from "node:fs";
import { join } from "node:path";

export function testFiles(pattern = "", suffix = ".test.ts") {
  return readdirSync("packages", { recursive: true })
    .filter((path) => path.endsWith(suffix) && !path.includes("node_modules"))
    .map((path) => join("packages", path))
    .filter((path) => path.includes(pattern))
    .sort();
}
