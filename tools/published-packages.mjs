/** The folders of the packages that go to npm, `packages/core` first. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export function publishedPackages() {
  return ["packages", "packages/trackers"]
    .flatMap((parent) => readdirSync(parent).map((name) => join(parent, name)))
    .filter((folder) => existsSync(join(folder, "package.json")))
    .filter((folder) => !JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).private)
    .sort();
}
