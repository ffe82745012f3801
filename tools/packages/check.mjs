/**
 * Proves that the packages install and run for a stranger: packs them, installs them in empty projects with npm and
 * with pnpm, and trains there, on this Node.js and on Node.js 24. `node tools/packages/check.mjs`
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { node24Folder } from "../node24.mjs";
import { checkContents } from "./check-contents.mjs";
import { checkTypes } from "./check-types.mjs";
import { importTime } from "./import-time.mjs";
import { packagesWithInstallScripts } from "./install-scripts.mjs";
import { lintPackage } from "./lint-package.mjs";
import { packAll } from "./pack.mjs";
import { createProject, install } from "./project.mjs";
import { trainEveryWay } from "./train.mjs";

const IMPORT_LIMIT_MS = 150;
const { devDependencies } = JSON.parse(readFileSync("package.json", "utf8"));
/** What a user installs beside our packages. */
const COMPANIONS = [
  "@tensorflow/tfjs@4",
  `typescript@${devDependencies.typescript}`,
  `@types/node@${devDependencies["@types/node"]}`,
];

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
  const nodes = { [process.version]: undefined, "Node.js 24": await node24Folder() };
  const packages = await packAll(folder);
  const tarballs = packages.map(({ tarball }) => tarball);
  for (const item of packages) {
    await step(`contents of ${item.name}`, async () => checkContents(item));
    await step(`publint and attw on ${item.name}`, () => lintPackage(item));
  }

  const npm = createProject(join(folder, "with-npm"));
  await step("npm install runs no script of ours", async () => {
    await install(npm, "npm", tarballs);
    const ours = packagesWithInstallScripts(npm);
    if (ours.length > 0) throw new Error(`Install scripts: ${ours.join(", ")}`);
    await install(npm, "npm", COMPANIONS);
    return `@tensorflow/tfjs brings those of ${packagesWithInstallScripts(npm).join(", ") || "none"}`;
  });
  const pnpm = createProject(join(folder, "with-pnpm"));
  await step("pnpm install without scripts", async () => {
    await install(pnpm, "pnpm", [...tarballs, ...COMPANIONS]);
  });

  for (const [manager, project] of Object.entries({ npm, pnpm })) {
    await step(`types as ${manager} installs them`, async () => {
      const errors = await checkTypes(project);
      return `${errors} errors in declarations of others, none in ours`;
    });
    for (const [node, nodeFolder] of Object.entries(nodes)) {
      await step(`training as ${manager} installs it, ${node}`, () =>
        trainEveryWay(project, nodeFolder),
      );
    }
  }
  for (const [node, nodeFolder] of Object.entries(nodes)) {
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
