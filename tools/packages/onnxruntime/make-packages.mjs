/**
 * Makes the packages `@acc/ort-<platform>-<arch>`: ONNX Runtime's library for one platform, nothing to run at
 * install. The tarball of onnxruntime-node holds those of all platforms, and its install script downloads more.
 */
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildOnce, cacheFolder } from "../../../packages/test-kit/src/cache-folder.mjs";
import { runCommand } from "../../../packages/test-kit/src/run-command.mjs";
import { INTEGRITY, LIBRARIES, packageName, VERSION } from "./libraries.mjs";

/** onnxruntime-node comes without them; these are from the Python package of the same version. */
const NOTICES = ["LICENSE", "ThirdPartyNotices.txt"];
const TARBALL = `onnxruntime-node-${VERSION}.tgz`;

/** @returns the name, folder and tarball of each package by `<platform>-<arch>`, made on the first call. */
export async function ortPackages() {
  const recipe = [import.meta.url, new URL("./libraries.mjs", import.meta.url)]
    .map((file) => readFileSync(fileURLToPath(file), "utf8"))
    .join("");
  const folder = cacheFolder("ort-packages", recipe);
  await buildOnce(folder, makeAll);
  return Object.fromEntries(
    Object.keys(LIBRARIES).map((platform) => {
      const tarball = join(folder, `acc-ort-${platform}-${VERSION}.tgz`);
      return [platform, { name: packageName(platform), folder: join(folder, platform), tarball }];
    }),
  );
}

async function makeAll(folder) {
  const pack = ["pack", `onnxruntime-node@${VERSION}`, "--ignore-scripts", "--silent"];
  await runCommand("npm", pack, { cwd: folder, timeoutMs: 300_000 });
  requireIntegrity(join(folder, TARBALL));
  await runCommand("tar", ["-xzf", TARBALL, "package/bin"], { cwd: folder, timeoutMs: 120_000 });
  for (const platform of Object.keys(LIBRARIES)) {
    makePackage(folder, platform);
    await runCommand("npm", ["pack", `./${platform}`, "--silent"], { cwd: folder });
  }
  rmSync(join(folder, "package"), { recursive: true });
  rmSync(join(folder, TARBALL));
}

function requireIntegrity(tarball) {
  const found = `sha512-${createHash("sha512").update(readFileSync(tarball)).digest("base64")}`;
  if (found === INTEGRITY) return;
  throw new Error(
    `${tarball}: its checksum is ${found}, recorded is ${INTEGRITY}. Do not ship it.`,
  );
}

function makePackage(folder, platform) {
  const { os, cpu, file } = LIBRARIES[platform];
  const target = join(folder, platform);
  mkdirSync(target);
  renameSync(join(folder, "package/bin/napi-v6", os, cpu, file), join(target, file));
  for (const name of NOTICES) {
    copyFileSync(fileURLToPath(new URL(name, import.meta.url)), join(target, name));
  }
  writeFileSync(join(target, "package.json"), `${JSON.stringify(manifest(platform), null, 2)}\n`);
  writeFileSync(join(target, "README.md"), readme(platform));
}

/** Its field `library` is what the backend looks for. */
function manifest(platform) {
  const { os, cpu, libc, file } = LIBRARIES[platform];
  return {
    name: packageName(platform),
    version: VERSION,
    description: `ONNX Runtime ${VERSION} for ${os} on ${cpu}; @acc/backend-onnx loads it.`,
    license: "MIT",
    os: [os],
    cpu: [cpu],
    ...(libc ? { libc: [libc] } : {}),
    library: file,
    files: [file, ...NOTICES],
  };
}

function readme(platform) {
  const { os, cpu, file } = LIBRARIES[platform];
  return `# ${packageName(platform)}

\`${file}\` of [ONNX Runtime](https://onnxruntime.ai) ${VERSION} for ${os} on ${cpu}, as onnxruntime-node ${VERSION}
brings it. \`@acc/backend-onnx\` installs and loads it; there is nothing else in here.

ONNX Runtime is by Microsoft, under the MIT License: see LICENSE and ThirdPartyNotices.txt.
`;
}
