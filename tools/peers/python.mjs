/** Python environments with pinned requirements, one per requirements file, outside the checkout. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildOnce, cacheFolder, isComplete } from "../cache-folder.mjs";
import { hasPrograms, runCommand } from "../run-command.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const REQUIREMENTS = /(^|\/)test\/fixtures\/requirements[\w-]*\.txt$/;

/** The requirements files of all packages, relative to the root: `…/test/fixtures/requirements*.txt`. */
export function requirementsFiles() {
  return readdirSync(join(ROOT, "packages"), { recursive: true })
    .filter((path) => REQUIREMENTS.test(path) && !path.includes("node_modules"))
    .map((path) => join("packages", path))
    .sort();
}

/** The `python` that has what the file requires; undefined if it was not installed on this machine. */
export function pythonOf(requirements) {
  const folder = environmentFolder(requirements);
  return isComplete(folder) ? join(folder, "bin/python") : undefined;
}

/** @returns why it cannot be installed on this machine, or undefined once it is. */
export async function installPython(requirements) {
  if (!hasPrograms("python3")) return "needs python3";
  const folder = environmentFolder(requirements);
  await buildOnce(folder, async () => {
    await runCommand("python3", ["-m", "venv", folder]);
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    await runCommand(join(folder, "bin/python"), [...pip, "-r", join(ROOT, requirements)]);
  });
  return undefined;
}

function environmentFolder(requirements) {
  return cacheFolder("python", readFileSync(join(ROOT, requirements), "utf8"));
}
