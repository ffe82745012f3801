/** Node.js 24 for the checks: npm has its binary as a package without an install script. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildOnce, cacheFolder } from "./cache-folder.mjs";
import { runCommand } from "./run-command.mjs";

const VERSION = "24.21.0";

/** The folder of the program `node`, installed on the first call. */
export async function node24Folder() {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = cacheFolder(name, VERSION);
  await buildOnce(folder, async (directory) => {
    writeFileSync(join(directory, "package.json"), '{ "private": true }\n');
    const install = ["install", "--ignore-scripts", "--no-audit", `${name}@${VERSION}`];
    await runCommand("npm", install, { cwd: directory });
  });
  return join(folder, "node_modules", name, "bin");
}
