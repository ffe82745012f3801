/** Python environments with pinned requirements, one per requirements file, outside the checkout. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildOnce, cacheFolder, isComplete } from "../cache-folder.mjs";
import { ownFiles } from "../own-files.mjs";
import { hasPrograms, runCommand } from "../run-command.mjs";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const REQUIREMENTS = /(^|\/)test\/fixtures\/requirements[\w-]*\.txt$/;

/** The requirements files of all packages, or below a folder, relative to the root: `…/test/fixtures/requirements*.txt`. */
export function requirementsFiles(folder = ""): string[] {
  return ownFiles(join(ROOT, "packages"))
    .filter((path) => REQUIREMENTS.test(path))
    .map((path) => join("packages", path))
    .filter((path) => path.startsWith(folder))
    .sort();
}

/**
 * The `python` that has what the file requires, a path relative to the root of the repository; undefined if it was not installed on this
 * machine.
 */
export function pythonOf(requirements: string): string | undefined {
  const folder = environmentFolder(requirements);
  return isComplete(folder) ? join(folder, "bin/python") : undefined;
}

/** @returns why it cannot be installed on this machine, or undefined once it is. */
export async function installPython(requirements: string): Promise<string | undefined> {
  if (!hasPrograms("python3")) return "needs python3";
  const folder = environmentFolder(requirements);
  await buildOnce(folder, async () => {
    await runCommand("python3", ["-m", "venv", folder]);
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    await runCommand(join(folder, "bin/python"), [...pip, "-r", join(ROOT, requirements)]);
    const bare = bareRequirements(requirements);
    if (!existsSync(bare)) return;
    await runCommand(join(folder, "bin/python"), [...pip, "--no-deps", "-r", bare]);
  });
  return undefined;
}

/** `without-dependencies.txt` beside the file: installed after it, without dependencies. */
function bareRequirements(requirements: string): string {
  return join(dirname(join(ROOT, requirements)), "without-dependencies.txt");
}

function environmentFolder(requirements: string): string {
  const bare = bareRequirements(requirements);
  const recipe = readFileSync(join(ROOT, requirements), "utf8");
  return cacheFolder("python", existsSync(bare) ? recipe + readFileSync(bare, "utf8") : recipe);
}
