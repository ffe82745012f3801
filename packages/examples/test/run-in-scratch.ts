import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ended, runIn } from "./run-in.ts";

/** Runs a script as a user would, in an empty working directory: launched, or under plain node. */
export async function runInScratch(
  script: string,
  numProcesses: number | undefined,
  args: readonly string[] = [],
): Promise<Ended> {
  const cwd = mkdtempSync(join(tmpdir(), "acc-example-"));
  try {
    return await runIn(cwd, script, numProcesses, args);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}
