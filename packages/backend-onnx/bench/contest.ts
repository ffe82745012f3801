import { spawn } from "node:child_process";
import { median } from "../../core/bench/row.ts";

const TIMEOUT_MS = 300_000;

/** A program that prints a number, its measurement, as its last line. */
export type Command = {
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** If it fails, the others go on without it. */
  readonly isOptional?: boolean;
};

/**
 * Runs every program in a fresh process, in turn, `rounds` times: what slows the machine down for a while slows
 * all of them. Returns the median of each; an optional one that fails is left out, and says why.
 */
export async function contest<Name extends string>(
  commands: Readonly<Partial<Record<Name, Command>>>,
  rounds: number,
): Promise<Partial<Record<Name, number>>> {
  const entries = Object.entries(commands) as [Name, Command][];
  const results = new Map<Name, number[]>(entries.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, command] of entries) {
      const times = results.get(name);
      if (!times) continue;
      try {
        times.push(await measure(command));
      } catch (error) {
        if (!command.isOptional) throw error;
        results.delete(name);
        console.error(`${name} is left out: ${(error as Error).message}`);
      }
    }
  }
  const medians = [...results].map(([name, times]) => [name, median(times)] as const);
  return Object.fromEntries(medians) as Partial<Record<Name, number>>;
}

function measure({ command: [program = "", ...before], args, env }: Command): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...before, ...args], {
      timeout: TIMEOUT_MS,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      const value = Number(stdout.trimEnd().split("\n").at(-1));
      if (code === 0 && Number.isFinite(value) && value > 0) resolve(value);
      else reject(new Error(`exit ${code}\n${stdout}${stderr}`));
    });
  });
}
