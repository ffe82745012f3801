/** The test files of all packages, in a stable order. */
import { readdirSync } from "node:fs";
import { join } from "node:path";

export function testFiles(pattern = "") {
  return readdirSync("packages", { recursive: true })
    .filter((path) => path.endsWith(".test.ts") && !path.includes("node_modules"))
    .map((path) => join("packages", path))
    .filter((path) => path.includes(pattern))
    .sort();
}
