/** An empty project outside the checkout, as that of a new user. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { runCommand } from "../../packages/test-kit/src/run-command.mjs";

const CHECKOUT = process.cwd();
const MANIFEST = { name: "stranger", private: true, type: "module" };
/** All strict options, and no DOM: our declarations must need only what Node.js has. */
const COMPILER_OPTIONS = {
  ...{ module: "nodenext", target: "es2023", lib: ["es2023"], types: ["node"], noEmit: true },
  ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
  ...{ skipLibCheck: false },
};
const INSTALL = {
  npm: ["npm", "install", "--ignore-scripts=false", "--prefer-offline", "--no-audit", "--no-fund"],
  pnpm: ["npx", "-y", "pnpm@10", "add", "--ignore-scripts", "--prefer-offline"],
};

/**
 * Makes the folder, with the quick start of the README as `train.ts`.
 *
 * @param tarballs by name, of packages that others of ours depend on: the registry does not have them yet.
 */
export function createProject(folder, tarballs) {
  mkdirSync(folder);
  const script = readFileSync("packages/examples/quick-start.ts", "utf8");
  const replicas = 'accelerator.print("replicas:", accelerator.numProcesses);\n';
  const overrides = Object.fromEntries(
    Object.entries(tarballs).map(([name, tarball]) => [name, `file:${tarball}`]),
  );
  const manifest = { ...MANIFEST, overrides, pnpm: { overrides } };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions: COMPILER_OPTIONS, files: ["train.ts"] }),
  );
  writeFileSync(join(folder, "train.ts"), script + replicas);
  return folder;
}

/** npm flattens what it installs and runs install scripts; pnpm does neither. */
export function install(project, manager, packages) {
  const [command, ...args] = INSTALL[manager];
  return runInProject(project, [command, ...args, ...packages], { timeoutMs: 300_000 });
}

/** @param nodeFolder where `node` is, if it is not the one on the PATH. */
export function runInProject(
  project,
  [command, ...args],
  { nodeFolder, timeoutMs = 120_000 } = {},
) {
  return runCommand(command, args, { cwd: project, env: environment(nodeFolder), timeoutMs });
}

/** The environment without variables that refer to this checkout. */
function environment(nodeFolder) {
  const variables = Object.entries(process.env).filter(([, value]) => !value.includes(CHECKOUT));
  const path = process.env.PATH.split(delimiter).filter((entry) => !entry.startsWith(CHECKOUT));
  if (nodeFolder) path.unshift(nodeFolder);
  return { ...Object.fromEntries(variables), PATH: path.join(delimiter) };
}
