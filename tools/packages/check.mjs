/**
 * Proves that the packages install and run for a stranger: packs them, installs them in empty projects with npm and
 * with pnpm, and trains there, on every Node.js that we support. `node tools/packages/check.mjs`
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeFolder, SUPPORTED } from "../../packages/test-kit/src/node-version.mjs";
import { checkContents } from "./check-contents.mjs";
import { checkTypes } from "./check-types.mjs";
import { importTime } from "./import-time.mjs";
import { packagesWithInstallScripts } from "./install-scripts.mjs";
import { lintPackage } from "./lint-package.mjs";
import { checkOrtPackage } from "./onnxruntime/check-package.mjs";
import { ortPackages } from "./onnxruntime/make-packages.mjs";
import { packAll } from "./pack.mjs";
import { createProject, install } from "./project.mjs";
import { trainEveryWay, trainOnOnnxRuntime } from "./train.mjs";

/** With two cores it took 145 ms (80 of them are tfjs-core, the rest small files), and 225 ms since checkpoints came. */
const IMPORT_LIMIT_MS = 300;
/** The first major version that runs TypeScript without help. */
const STRIPS_TYPES = 22;
const KIT = "@acc/tracker-kit";
const { devDependencies } = JSON.parse(readFileSync("package.json", "utf8"));
/** What a user installs beside our packages. */
const COMPANIONS = [
  "@tensorflow/tfjs@4",
  `typescript@${devDependencies.typescript}`,
  `@types/node@${devDependencies["@types/node"]}`,
];

/**
 * The script of koffi checks whether its binary works, which npm has installed as a separate package, and builds it
 * only if not. pnpm leaves the script out, and training on ONNX Runtime still works: see below.
 */
const HARMLESS_SCRIPT = "koffi";

/** Runs one check; what it returns is printed. */
async function step(name, check) {
  const started = performance.now();
  const detail = await check().catch((error) => {
    console.error(`${name}: FAILED`);
    throw error;
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${name}: ok, ${seconds} s${detail ? `; ${detail}` : ""}`);
}

async function checkAll(folder) {
  const nodes = {};
  for (const major of SUPPORTED)
    nodes[`Node.js ${major}`] = { major, folder: await nodeFolder(major) };
  const packages = await packAll(folder);
  // Users do not install the kit by name: the trackers depend on it.
  const [kits, chosen] = [true, false].map((isKit) =>
    packages.filter(({ name }) => (name === KIT) === isKit),
  );
  const tarballs = chosen.map(({ tarball }) => tarball);
  for (const item of packages) {
    await step(`contents of ${item.name}`, async () => checkContents(item));
    await step(`publint and attw on ${item.name}`, () => lintPackage(item));
  }

  const runtimes = await ortPackages();
  await step("contents of @acc/ort-*", async () => {
    return Object.values(runtimes).map(checkOrtPackage).join(", ");
  });
  const overrides = Object.fromEntries(
    [...Object.values(runtimes), ...kits].map(({ name, tarball }) => [name, tarball]),
  );

  const npm = createProject(join(folder, "with-npm"), overrides);
  await step("npm install runs no script of ours", async () => {
    await install(npm, "npm", tarballs);
    const others = packagesWithInstallScripts(npm).filter((name) => name !== HARMLESS_SCRIPT);
    if (others.length > 0) throw new Error(`Install scripts: ${others.join(", ")}`);
    await install(npm, "npm", COMPANIONS);
    return `@tensorflow/tfjs brings those of ${packagesWithInstallScripts(npm).join(", ") || "none"}`;
  });
  const pnpm = createProject(join(folder, "with-pnpm"), overrides);
  await step("pnpm install without scripts", async () => {
    await install(pnpm, "pnpm", [...tarballs, ...COMPANIONS]);
  });

  for (const [manager, project] of Object.entries({ npm, pnpm })) {
    await step(`types as ${manager} installs them`, async () => {
      const errors = await checkTypes(project);
      return `${errors} errors in declarations of others, none in ours`;
    });
    for (const [node, { major, folder: nodeFolder }] of Object.entries(nodes)) {
      await step(`training as ${manager} installs it, ${node}`, () =>
        trainEveryWay(project, nodeFolder, { stripsTypes: major >= STRIPS_TYPES }),
      );
      await step(`ONNX Runtime as ${manager} installs it, ${node}`, () =>
        trainOnOnnxRuntime(project, nodeFolder),
      );
    }
  }
  for (const [node, { folder: nodeFolder }] of Object.entries(nodes)) {
    await step(`import("@acc/core"), ${node}`, async () => {
      const { minimum, median } = await importTime(npm, {
        nodeFolder,
        limitMs: IMPORT_LIMIT_MS,
      });
      const figures = `${minimum.toFixed(0)} ms at best, median ${median.toFixed(0)} ms`;
      if (minimum < IMPORT_LIMIT_MS) return figures;
      throw new Error(`import("@acc/core") takes ${figures}; the limit is ${IMPORT_LIMIT_MS} ms.`);
    });
  }
}

const folder = mkdtempSync(join(tmpdir(), "acc-packages-"));
try {
  await checkAll(folder);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
