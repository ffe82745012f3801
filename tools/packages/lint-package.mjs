/** publint looks at the manifest, attw at whether TypeScript finds the types that belong to the code. */
import { resolve } from "node:path";
import { runCommand } from "../../packages/test-kit/src/run-command.mjs";

/** The preload is for the command line: nobody imports it, so it has no types. */
const UNTYPED = ["--exclude-entrypoints", "./register-ts"];

export async function lintPackage({ tarball }) {
  const limit = { timeoutMs: 120_000 };
  await runCommand(resolve("node_modules/.bin/publint"), [tarball, "--strict"], limit);
  const attw = [tarball, "--profile", "esm-only", ...UNTYPED];
  await runCommand(resolve("node_modules/.bin/attw"), attw, limit);
}
