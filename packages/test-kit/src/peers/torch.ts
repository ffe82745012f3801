/**
 * PyTorch for the benches. Its wheel on PyPI links CUDA's libraries, two gigabytes that nothing here needs: empty
 * libraries that satisfy the loader replace them.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildOnce, cacheFolder, isComplete } from "../cache-folder.mjs";
import { hasPrograms, runCommand } from "../run-command.mjs";

const TORCH = "torch==2.15.0";
const REQUIREMENTS = [
  ...["filelock", "typing-extensions", "sympy", "networkx", "jinja2", "fsspec", "numpy"],
  "setuptools<81",
];
const folder = cacheFolder("torch", `${TORCH} ${REQUIREMENTS} 1`);

/** The `python` that has PyTorch; undefined if it was not installed on this machine. */
export function torchPython(): string | undefined {
  return isComplete(folder) ? join(folder, "bin/python") : undefined;
}

/** @returns why it cannot be installed on this machine, or undefined once it is. */
export async function installTorch(): Promise<string | undefined> {
  if (process.platform !== "linux" || process.arch !== "x64") return "needs Linux on x86-64";
  if (!hasPrograms("python3", "gcc", "readelf")) return "needs python3, gcc and readelf";
  try {
    await buildOnce(folder, build);
    return undefined;
  } catch (error) {
    return `it could not be installed: ${String(error).slice(-400)}`;
  }
}

async function build(directory: string): Promise<void> {
  await runCommand("python3", ["-m", "venv", directory]);
  const python = join(directory, "bin/python");
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  await runCommand(python, [...pip, "--no-deps", TORCH]);
  await runCommand(python, [...pip, ...REQUIREMENTS]);
  await runCommand(python, [fileURLToPath(new URL("./cuda-stubs.py", import.meta.url))]);
  await runCommand(python, ["-c", "import torch; torch.ones(2).sum()"]);
}
