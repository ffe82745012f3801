/** Packages that run something when they are installed. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const NAME = "(@[^/]+/)?[^/]+";
const PACKAGE = new RegExp(`^${NAME}(/node_modules/${NAME})*/package\\.json$`);

/** @returns their folders in the project's node_modules. */
export function packagesWithInstallScripts(project) {
  const modules = join(project, "node_modules");
  return readdirSync(modules, { recursive: true })
    .filter((path) => PACKAGE.test(path))
    .map((path) => dirname(path))
    .filter((folder) => runsOnInstall(join(modules, folder)));
}

function runsOnInstall(folder) {
  const { scripts = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  if (scripts.preinstall || scripts.install || scripts.postinstall) return true;
  return existsSync(join(folder, "binding.gyp")); // npm then compiles it by itself
}
