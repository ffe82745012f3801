import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";

const SCRIPT = fileURLToPath(new URL("killed-training.mjs", import.meta.url));
const CORE = fileURLToPath(new URL(".", import.meta.resolve("@acc/core/package.json")));
const TRACKERS = fileURLToPath(new URL("../../../trackers", import.meta.url));
/** Long, as a busy machine may take twenty times as long. */
const LIMIT_MS = 180_000;

/** A life of the run: on so many replicas, killed at this step; to its end without. */
type Life = readonly [numProcesses: number, dieAt?: number];

/** Both kills are between two checkpoints, which are saved every 4 steps. */
const LIVES: readonly Life[] = [[2, 15], [1, 30], [2]];

/** Steps that a training to its end logs. */
export const STEPS = 48;

/**
 * Trains with a tracker in a folder of its own: through lives that `kill -9` ends, or undisturbed.
 *
 * @returns the folder, in which the training ran.
 */
export async function trainKilled(
  tracker: string,
  { isKilled, env = {} }: { isKilled: boolean; env?: Readonly<Record<string, string>> },
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "acc-killed-"));
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "@acc"), { recursive: true });
  symlinkSync(CORE, join(modules, "@acc/core"));
  symlinkSync(join(TRACKERS, tracker), join(modules, `@acc/tracker-${tracker}`));
  symlinkSync(join(CORE, "node_modules/@tensorflow"), join(modules, "@tensorflow"));
  cpSync(SCRIPT, join(folder, "train.mjs"));
  for (const life of isKilled ? LIVES : LIVES.slice(-1)) {
    const { code, signal, output } = await live(folder, tracker, life, env);
    if (life[1] === undefined) assert.is(code, 0, output);
    else assert.is(signal, "SIGKILL", output);
    assert.not.match(output, /does not repeat itself|begin a new run/);
    const checkpoints = join(folder, "runs/checkpoints");
    assert.ok(existsSync(checkpoints) && readdirSync(checkpoints).length > 0);
  }
  return folder;
}

function live(
  cwd: string,
  tracker: string,
  [numProcesses, dieAt = -1]: Life,
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; signal: NodeJS.Signals | null; output: string }> {
  const launch = [join(CORE, "bin/acc.mjs"), "launch", "--num-processes", String(numProcesses)];
  const child = spawn(process.execPath, [...launch, "train.mjs", tracker, String(dieAt)], {
    ...{ cwd, timeout: LIMIT_MS },
    env: { ...process.env, NODE_OPTIONS: "", ...env },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  return new Promise((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, output }));
  });
}
