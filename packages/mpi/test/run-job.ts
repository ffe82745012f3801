import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import type { InstalledMpi } from "./installed-mpis.ts";

export type EndedJob = {
  readonly code: number | null;
  readonly output: string;
  readonly seconds: number;
};

export type JobOptions = {
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutMs?: number;
  /** Called with each piece of output. */
  readonly onOutput?: (text: string, child: ChildProcess) => void;
  /** Another launcher than that of the MPI. */
  readonly command?: readonly string[];
};

const REGISTER = new URL("../../core/src/register-ts.mjs", import.meta.url).href;
let jobs = 0;

/** The program of a process of a job: Node.js with a script. */
export function nodeCommand(script: string, ...args: readonly string[]): string[] {
  return [process.execPath, "--import", REGISTER, script, ...args];
}

/**
 * Runs a job to its end, and checks that it leaves no process behind.
 *
 * @param program the command of each process.
 */
export async function runJob(
  mpi: InstalledMpi,
  count: number,
  program: readonly string[],
  { env = {}, timeoutMs = 60_000, onOutput, command }: JobOptions = {},
): Promise<EndedJob> {
  const marker = `acc-job-${process.pid}-${++jobs}`;
  const started = performance.now();
  const [launcher = "", ...args] = command ?? [
    mpi.mpiexec,
    ...mpi.localArguments,
    "-n",
    String(count),
    ...program,
  ];
  const child = spawn(launcher, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_OPTIONS: "", ACC_JOB: marker, ...env },
    detached: true,
  });
  let output = "";
  const take = (piece: Buffer): void => {
    output += piece;
    onOutput?.(output, child);
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const timer = setTimeout(() => {
    const ranks = processesOf(marker).filter((pid) => pid !== String(child.pid));
    output += `\nKilled: the job ran for ${timeoutMs} ms. ${ranks.length} processes were left besides the launcher.`;
    child.kill("SIGKILL");
    for (const pid of processesOf(marker)) spawnSync("kill", ["-9", pid]);
  }, timeoutMs);
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  clearTimeout(timer);
  const seconds = (performance.now() - started) / 1000;
  await requireNobodyLeft(marker);
  return { code, output, seconds };
}

/** Runs a job, and times it from the first "action" that it prints to its end. */
export async function timedFromAction(
  run: (onOutput: (text: string) => void) => Promise<EndedJob>,
): Promise<EndedJob & { readonly passed: number }> {
  let actedAt: number | undefined;
  const job = await run((text) => {
    if (text.includes("action")) actedAt ??= performance.now();
  });
  assert.ok(actedAt !== undefined, job.output);
  return { ...job, passed: (performance.now() - actedAt) / 1000 };
}

/** One second after a job, none of its processes may be left. */
async function requireNobodyLeft(marker: string): Promise<void> {
  for (let i = 0; i < 10 && processesOf(marker).length > 0; i++) await sleep(100);
  const left = processesOf(marker);
  for (const pid of left) spawnSync("kill", ["-9", pid]);
  assert.equal(left, [], "the job has left processes behind");
}

/** The processes that have inherited the marker of a job. */
function processesOf(marker: string): string[] {
  const { stdout } = spawnSync("grep", ["-slaE", `ACC_JOB=${marker}(\\x00|$)`, ...environments()], {
    encoding: "utf8",
  });
  return stdout
    .split("\n")
    .map((path) => path.split("/")[2] ?? "")
    .filter((pid) => pid !== "");
}

function environments(): string[] {
  return spawnSync("sh", ["-c", "ls -d /proc/[0-9]*/environ"], { encoding: "utf8" })
    .stdout.split("\n")
    .filter((path) => path !== "" && !path.startsWith(`/proc/${process.pid}/`));
}
