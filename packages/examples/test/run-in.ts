import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

export type Ended = {
  readonly code: number | null;
  /** What it printed on both streams, in the order of arrival. */
  readonly output: string;
  /** What it printed for its user. */
  readonly stdout: string;
};

/** The folder of the examples. */
export const FOLDER: string = fileURLToPath(new URL("..", import.meta.url));
const ACC = fileURLToPath(import.meta.resolve("@acc/core/package.json")).replace(
  /package\.json$/,
  "bin/acc.mjs",
);
const REGISTER = import.meta.resolve("@acc/core/register-ts");
const TIMEOUT_MS = 120_000;

/** Runs a script of the examples in a working directory: launched, or under plain node. */
export function runIn(
  cwd: string,
  script: string,
  numProcesses: number | undefined,
  args: readonly string[] = [],
): Promise<Ended> {
  const path = resolve(FOLDER, script);
  if (numProcesses === undefined) return run(cwd, ["--import", REGISTER, path, ...args]);
  return acc(cwd, "launch", "--num-processes", String(numProcesses), path, ...args);
}

/** Runs the command `acc` in a working directory. */
export function acc(cwd: string, ...args: readonly string[]): Promise<Ended> {
  return run(cwd, [ACC, ...args]);
}

function run(cwd: string, args: readonly string[]): Promise<Ended> {
  return new Promise((done) => {
    const child = spawn(process.execPath, args, { cwd, timeout: TIMEOUT_MS });
    let [output, stdout] = ["", ""];
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output += chunk;
        if (stream === child.stdout) stdout += chunk;
      });
    }
    child.on("close", (code) => done({ code, output, stdout }));
  });
}
