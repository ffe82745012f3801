/** Checks what a tarball must hold, and what it must not hold. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** @throws {Error} listing everything that is wrong with the package. */
export function checkContents({ name, unpacked, files }) {
  const faults = [
    ...["README.md", "LICENSE"]
      .filter((file) => !files.includes(file))
      .map((file) => `it lacks ${file}`),
    ...files
      .filter((file) => /(^|\/)(test|bench|node_modules)\/|\.test\.|\.tsbuildinfo$/.test(file))
      .map((file) => `${file} is of no use to a user`),
    ...files.filter((file) => file.endsWith(".map")).flatMap((file) => lostSources(unpacked, file)),
  ];
  if (readFileSync(join(unpacked, "package.json"), "utf8").includes("workspace:")) {
    faults.push("its package.json names packages of the workspace");
  }
  if (faults.length > 0) throw new Error(`${name}:\n${faults.join("\n")}`);
}

/** Sources that a source map points to but that are not packed. */
function lostSources(unpacked, map) {
  const { sources } = JSON.parse(readFileSync(join(unpacked, map), "utf8"));
  return sources
    .filter((source) => !existsSync(join(unpacked, dirname(map), source)))
    .map((source) => `${map} points to ${source}, which is not packed`);
}
