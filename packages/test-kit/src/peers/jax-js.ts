/** jax-js for the benches: arrays and gradients in WebAssembly, from npm alone. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildOnce, cacheFolder, isComplete } from "../cache-folder.mjs";
import { runCommand } from "../run-command.mjs";

const JAX_JS = "@jax-js/jax@0.1.25";
const folder = cacheFolder("jax-js", JAX_JS);

/** Its entry; undefined if it was not installed on this machine. */
export function jaxJsEntry(): string | undefined {
  return isComplete(folder) ? join(folder, "node_modules/@jax-js/jax/dist/index.js") : undefined;
}

/** @returns why it cannot be installed on this machine, or undefined once it is. */
export async function installJaxJs(): Promise<string | undefined> {
  try {
    await buildOnce(folder, async (directory) => {
      writeFileSync(join(directory, "package.json"), '{ "private": true }\n');
      const install = ["install", "--ignore-scripts", "--no-audit", JAX_JS];
      await runCommand("npm", install, { cwd: directory });
    });
    return undefined;
  } catch (error) {
    return `it could not be installed: ${String(error).slice(-400)}`;
  }
}
