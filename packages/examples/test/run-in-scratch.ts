import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the examples. */
export const FOLDER: string = fileURLToPath(new URL("..", import.meta.url));
const ACC = fileURLToPath(import.meta.resolve("@acc/core/package.json")).replace(
  /package\.json$/,
  "bin/acc.mjs",
);
const REGISTER = import.meta.resolve("@acc/core/register-ts");
const TIMEOUT_MS = 120_000;

/** Runs a script as a user would, in an empty working directory: launched, or under plain node. */
export function runInScratch(
  script: string,
  numProcesses: number | undefined,
): Promise<{ code: number | null; output: string }> {
  const path = resolve(FOLDER, script);
  const command =
    numProcesses === undefined
      ? ["--import", REGISTER, path]
      : [ACC, "launch", "--num-processes", String(numProcesses), path];
  const cwd = mkdtempSync(join(tmpdir(), "acc-example-"));
  return new Promise((done) => {
    const child = spawn(process.execPath, command, { cwd, timeout: TIMEOUT_MS });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output += chunk;
      });
    }
    child.on("close", (code) => {
      rmSync(cwd, { recursive: true, force: true });
      done({ code, output });
    });
  });
}
