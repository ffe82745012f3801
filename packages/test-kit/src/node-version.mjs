/** Node.js in the versions that the checks use: npm has each binary as a package without an install script. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildOnce, cacheFolder } from "./cache-folder.mjs";
import { runCommand } from "./run-command.mjs";

/** The releases that we support, by their major version. */
const VERSIONS = { 20: "20.20.2", 22: "22.23.3", 24: "24.21.0", 26: "26.12.1" };

/**
 * Their major versions, the oldest first.
 *
 * @type {readonly number[]}
 */
export const SUPPORTED = Object.keys(VERSIONS).map(Number);

/**
 * The folder of the program `node` of a major version, installed on the first call.
 *
 * @param {number | string} major
 * @returns {Promise<string>}
 */
export async function nodeFolder(major) {
  const version = VERSIONS[major];
  if (!version) {
    throw new Error(`No Node.js ${major} here: there are ${SUPPORTED.join(", ")}.`);
  }
  const name = `node-${process.platform}-${process.arch}`;
  const folder = cacheFolder(name, version);
  await buildOnce(folder, async (directory) => {
    writeFileSync(join(directory, "package.json"), '{ "private": true }\n');
    const install = ["install", "--ignore-scripts", "--no-audit", `${name}@${version}`];
    await runCommand("npm", install, { cwd: directory });
  });
  return join(folder, "node_modules", name, "bin");
}
