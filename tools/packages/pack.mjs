/** Packs the packages as `pnpm publish` would, and unpacks them again to look inside. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { runCommand } from "../../packages/test-kit/src/run-command.mjs";
import { publishedPackages } from "../published-packages.mjs";
import { LIBRARIES, packageName, VERSION } from "./onnxruntime/libraries.mjs";

/**
 * Dependencies that only a published manifest names: their packages do not exist in the workspace, where
 * onnxruntime-node takes their place.
 */
const PUBLISHED_OPTIONAL_DEPENDENCIES = {
  "@acc/backend-onnx": Object.fromEntries(
    Object.keys(LIBRARIES).map((platform) => [packageName(platform), VERSION]),
  ),
};

/** @returns for each its name, its tarball, the folder with its files and their paths in there. */
export async function packAll(target) {
  const packages = [];
  for (const folder of publishedPackages()) packages.push(await pack(folder, target));
  return packages;
}

async function pack(folder, target) {
  const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const id = `${name.replace("@", "").replace("/", "-")}-${version}`;
  const unpacked = join(target, id);
  const tarball = `${unpacked}.tgz`;
  const command = ["-y", "pnpm@10", "pack", "--pack-destination", target];
  await runCommand("npx", command, { cwd: resolve(folder), timeoutMs: 120_000 });
  mkdirSync(unpacked);
  const unpack = ["-xzf", tarball, "--strip-components=1", "-C", unpacked];
  await runCommand("tar", unpack, { timeoutMs: 60_000 });
  const added = PUBLISHED_OPTIONAL_DEPENDENCIES[name];
  if (added) await addOptionalDependencies(unpacked, added, target);
  const files = readdirSync(unpacked, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(unpacked.length + 1));
  return { name, tarball, unpacked, files };
}

/** Packs the unpacked package once more, with dependencies added to its manifest. */
async function addOptionalDependencies(unpacked, added, target) {
  const path = join(unpacked, "package.json");
  const manifest = JSON.parse(readFileSync(path, "utf8"));
  manifest.optionalDependencies = { ...manifest.optionalDependencies, ...added };
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
  const command = ["pack", unpacked, "--pack-destination", target, "--ignore-scripts", "--silent"];
  await runCommand("npm", command, { timeoutMs: 60_000 });
}
