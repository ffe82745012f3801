import { spawn } from "node:child_process";
import { median } from "./row.ts";

const PRELOAD = new URL("../src/register-ts.mjs", import.meta.url).href;
const TIMEOUT_MS = 300_000;

/** A Node.js program that prints a number, its measurement, as its last line. */
export type Contender = {
  readonly script: URL;
  readonly args?: readonly string[];
  readonly cwd?: string;
};

/**
 * Runs every contender in a fresh process, in turn, `rounds` times: what slows the machine down for a while
 * slows all of them. Returns the median of each.
 */
export async function contest<Name extends string>(
  contenders: Readonly<Record<Name, Contender>>,
  rounds: number,
): Promise<Record<Name, number>> {
  const entries = Object.entries(contenders) as [Name, Contender][];
  const results = new Map<Name, number[]>(entries.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, contender] of entries) results.get(name)?.push(await measure(contender));
  }
  const medians = entries.map(([name]) => [name, median(results.get(name) ?? [])] as const);
  return Object.fromEntries(medians) as Record<Name, number>;
}

/** Runs a contender once. */
export function measure({ script, args = [], cwd }: Contender): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", PRELOAD, script.pathname, ...args], {
      timeout: TIMEOUT_MS,
      stdio: ["ignore", "pipe", "pipe"],
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2" },
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("close", (code) => {
      const value = Number(stdout.trimEnd().split("\n").at(-1));
      if (code === 0 && Number.isFinite(value)) resolve(value);
      else reject(new Error(`${script.pathname} ${args.join(" ")}: exit ${code}\n${stderr}`));
    });
  });
}
