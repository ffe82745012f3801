import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const LARGEST_BYTES = 50e6;
const NEEDED = ["LICENSE", "README.md", "ThirdPartyNotices.txt", "package.json"];

/**
 * @returns its name and size.
 * @throws {Error} unless the package is one library with its licences, and nothing to run.
 */
export function checkOrtPackage({ name, folder }) {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const found = readdirSync(folder).sort().join(", ");
  const expected = [...NEEDED, manifest.library].sort().join(", ");
  if (found !== expected) throw new Error(`${name} holds ${found} instead of ${expected}.`);
  if (manifest.scripts) throw new Error(`${name} has scripts.`);
  const { size } = statSync(join(folder, manifest.library));
  if (size > LARGEST_BYTES) throw new Error(`${name}: its library has ${size} bytes.`);
  return `${name} ${(size / 1e6).toFixed(0)} MB`;
}
