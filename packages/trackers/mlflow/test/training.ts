import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("fixtures/train.ts", import.meta.url));
const CORE = import.meta.resolve("@acc/core/package.json");
const ACC = fileURLToPath(new URL("bin/acc.mjs", CORE));
const REGISTER = import.meta.resolve("@acc/core/register-ts");
const TIMEOUT_MS = 90_000;

type Ended = { readonly code: number | null; readonly output: string };

function start(
  cwd: string,
  args: readonly string[],
  env: Record<string, string>,
): { child: ChildProcess; ended: Promise<Ended>; output: () => string } {
  const { MLFLOW_TRACKING_URI: _unset, ...others } = process.env;
  const child = spawn(process.execPath, args, {
    ...{ cwd, timeout: TIMEOUT_MS, killSignal: "SIGKILL" },
    env: { ...others, ...env },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code) => resolve({ code, output }));
  });
  return { child, ended, output: () => output };
}

export const train = (cwd: string, args: readonly number[], env: Record<string, string> = {}) =>
  start(cwd, ["--import", REGISTER, SCRIPT, ...args.map(String)], env);
export const sync = (cwd: string, env: Record<string, string>) =>
  start(cwd, [ACC, "sync", "runs"], env).ended;
export const scratch = () => mkdtempSync(join(tmpdir(), "acc-mlflow-hosted-"));

/** Kills a training as kill -9 does. @returns the last step that it printed. */
export async function killAfterStep(
  step: number,
  folder: string,
  env: Record<string, string>,
): Promise<number> {
  const { child, ended, output } = train(folder, [1000, 10], env);
  const until = Date.now() + TIMEOUT_MS;
  while (!output().includes(`step ${step}\n`)) {
    if (Date.now() > until) throw new Error(`It did not get to step ${step}:\n${output()}`);
    await sleep(5);
  }
  child.kill("SIGKILL");
  await ended;
  return Number(output().match(/step (\d+)\n$/)?.[1]);
}
