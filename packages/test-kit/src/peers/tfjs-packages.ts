/**
 * Packages of others that train with TensorFlow.js, from npm, for benches and tests. Several of them bring TensorFlow.js 3 or
 * tfjs-node: all get the TensorFlow.js of this checkout instead, so that it has one registry of backends.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildOnce, cacheFolder, isComplete } from "../cache-folder.mjs";
import { runCommand } from "../run-command.mjs";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const EXAMPLES = join(ROOT, "packages/backend-onnx/bench/packages/tfjs-examples");
const NOTHING = "npm:isarray@2.0.5"; // npm installs it in place of what is linked
const MANIFEST = {
  private: true,
  dependencies: {
    "gpt-tfjs": "0.0.5",
    "hidden-markov-model-tf": "4.0.0",
    scikitjs: "1.24.0",
    // Babel runs the modules of tfjs-examples, as their own scripts do.
    "@babel/core": "7.28.5",
    "@babel/register": "7.28.3",
    "@babel/preset-env": "7.28.5",
    // The PPO of rl-ts, for one training on cart-pole.
    "rl-ts": "0.0.11",
    // What the tests of scikitjs and of hidden-markov-model-tf need.
    "@babel/preset-typescript": "7.28.5",
    mocha: "11.7.5",
    expect: "27.5.1",
    "fast-check": "2.20.0",
    "danfojs-node": "1.2.0",
    tap: "npm:libtap@1.4.1", // tap without its command
    "test-allclose": "1.1.0",
    isndarray: "1.0.0",
    "ndarray-pack": "1.2.1",
    "ndarray-unpack": "1.0.0",
  },
  overrides: {
    numjs: "0.16.1", // rl-ts takes it from a git address
    // They come from other hosts than the registry, or are built; the programs here read no images and no tables.
    ...Object.fromEntries(["sharp", "deasync", "xlsx"].map((name) => [name, NOTHING])),
    ...Object.fromEntries(
      ["tfjs", "tfjs-core", "tfjs-layers", "tfjs-node"].map((name) => [
        `@tensorflow/${name}`,
        NOTHING,
      ]),
    ),
  },
};
const LINKED = ["core", "layers", "data", "converter", "backend-cpu", "backend-webgl"];
/** Of this checkout, because it links to the checkout. */
const folder = cacheFolder("tfjs-packages", `${JSON.stringify(MANIFEST)} ${ROOT} 1`);

/** The folder whose `node_modules` holds the packages; undefined if they were not installed on this machine. */
export function tfjsPackagesFolder(): string | undefined {
  return isComplete(folder) ? folder : undefined;
}

/** @returns why they cannot be installed on this machine, or undefined once they are. */
export async function installTfjsPackages(): Promise<string | undefined> {
  try {
    await buildOnce(folder, build);
    return undefined;
  } catch (error) {
    return `they could not be installed: ${String(error).slice(-400)}`;
  }
}

async function build(directory: string): Promise<void> {
  writeFileSync(join(directory, "package.json"), JSON.stringify(MANIFEST));
  const install = ["install", "--ignore-scripts", "--no-audit", "--legacy-peer-deps"];
  await runCommand("npm", install, { cwd: directory });
  linkOwn(join(directory, "node_modules"));
  cpSync(EXAMPLES, join(directory, "tfjs-examples"), { recursive: true });
}

function linkOwn(modules: string): void {
  rmSync(join(modules, "@tensorflow"), { recursive: true, force: true });
  mkdirSync(join(modules, "@tensorflow"));
  mkdirSync(join(modules, "@acc"));
  const tfjs = realpathSync(join(ROOT, "packages/backend-onnx/node_modules/@tensorflow/tfjs"));
  const links: Record<string, string> = {
    "@tensorflow/tfjs": tfjs,
    "@tensorflow/tfjs-node": tfjs,
    ...Object.fromEntries(
      LINKED.map((name) => [`@tensorflow/tfjs-${name}`, join(dirname(tfjs), `tfjs-${name}`)]),
    ),
    "@acc/core": join(ROOT, "packages/core"),
    "@acc/backend-onnx": join(ROOT, "packages/backend-onnx"),
  };
  for (const [name, target] of Object.entries(links)) {
    if (!existsSync(target)) throw new Error(`${target} does not exist: npm run setup`);
    symlinkSync(target, join(modules, name));
  }
}
