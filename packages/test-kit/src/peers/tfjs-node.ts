/**
 * Builds @tensorflow/tfjs-node from package registries alone. Its own install script downloads TensorFlow's C
 * library from another host; the wheel `tensorflow-cpu` of PyPI holds the same library.
 */
import { existsSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildOnce, cacheFolder, isComplete } from "../cache-folder.mjs";
import { hasPrograms, runCommand } from "../run-command.mjs";

const TFJS_NODE = "4.22.0";
const TENSORFLOW = "2.12.1"; // the newest whose wheel exports every function the addon calls
/** What the install script looks for before it downloads anything. */
const EXPECTED_LIBRARY = "libtensorflow.so.2.9.1";
const folder = cacheFolder("tfjs-node", `${TFJS_NODE} ${TENSORFLOW} ${process.version}`);

/** Folder whose node_modules holds tfjs-node; undefined if it could not be built here. */
export function tfjsNodeFolder(): string | undefined {
  return isComplete(folder) ? folder : undefined;
}

/** @returns why it cannot be built on this machine, or undefined once it is. */
export async function installTfjsNode(): Promise<string | undefined> {
  if (process.platform !== "linux" || process.arch !== "x64") return "needs Linux on x86-64";
  if (!hasPrograms("python3", "g++", "make")) return "needs python3, g++ and make";
  await buildOnce(folder, build);
  return undefined;
}

async function build(directory: string): Promise<void> {
  writeFileSync(join(directory, "package.json"), '{ "private": true }\n');
  const options = { cwd: directory };
  const packages = [`@tensorflow/tfjs-node@${TFJS_NODE}`];
  await runCommand("npm", ["install", "--ignore-scripts", "--no-audit", ...packages], options);
  const deps = join(directory, "node_modules/@tensorflow/tfjs-node/deps");
  const wheels = join(directory, "wheels");
  const platforms = ["manylinux_2_17_x86_64", "manylinux2014_x86_64"];
  const wanted = ["--no-deps", "--only-binary=:all:", "--python-version", "3.11"];
  await runCommand(
    "python3",
    [
      ...["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--dest", wheels],
      ...[...wanted, ...platforms.flatMap((platform) => ["--platform", platform])],
      `tensorflow-cpu==${TENSORFLOW}`,
    ],
    options,
  );
  const unpack = fileURLToPath(new URL("./unpack-tensorflow.py", import.meta.url));
  await runCommand("python3", [unpack, wheels, deps], options);
  const library = join(deps, "lib");
  symlinkSync("libtensorflow_cc.so.2", join(library, "libtensorflow.so"));
  symlinkSync("libtensorflow_cc.so.2", join(library, EXPECTED_LIBRARY));
  symlinkSync("libtensorflow_framework.so.2", join(library, "libtensorflow_framework.so"));
  await runCommand("npm", ["rebuild", "@tensorflow/tfjs-node", "--build-from-source"], {
    ...options,
    env: { ...process.env, ...nodeHeaders() },
  });
}

/** The headers beside this Node.js, if it came with them; node-gyp would download them. */
function nodeHeaders(): NodeJS.ProcessEnv {
  const prefix = resolve(process.execPath, "../../../..");
  const here = existsSync(join(prefix, "include/node/node_api.h"));
  return here ? { npm_config_nodedir: prefix } : {};
}
