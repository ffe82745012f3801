import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const TIMEOUT_MS = 300_000;
const PRELOAD = ["--import", import.meta.resolve("@acc/core/register-ts")];

/** A program that prints a number, its measurement, as its last line. */
export type Program = {
  /** The command and what it takes. */
  readonly command: readonly string[];
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string>>;
};

/** A script, TypeScript or not, as a program of the Node.js that runs this one. */
export function nodeProgram(
  script: URL,
  args: readonly string[] = [],
  { cwd, env }: Omit<Program, "command"> = {},
): Program {
  return {
    command: [process.execPath, ...PRELOAD, fileURLToPath(script), ...args],
    cwd,
    env: { TF_CPP_MIN_LOG_LEVEL: "2", ...env },
  };
}

/** A program twice at the same time, independent of each other: what the machine allows. */
export function pairOf({ command, cwd, env = {} }: Program): Program {
  return nodeProgram(new URL("./pair.ts", import.meta.url), command, { cwd, env });
}

/** Runs a program once. */
export async function measure(program: Program): Promise<number> {
  const [value = Number.NaN] = await measureFigures(program);
  return value;
}

/** Runs once a program whose last line is several numbers, with spaces between them. */
export function measureFigures({ command, cwd, env }: Program): Promise<number[]> {
  const [program = "", ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      timeout: TIMEOUT_MS,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
      ...(cwd === undefined ? {} : { cwd }),
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
      const last = stdout.trimEnd().split("\n").at(-1) ?? "";
      const figures = last.split(" ").map(Number);
      if (code === 0 && figures.every((value) => value > 0 && value < Infinity)) resolve(figures);
      else reject(new Error(`${command.join(" ")}: exit ${code}\n${stdout}${stderr}`));
    });
  });
}
