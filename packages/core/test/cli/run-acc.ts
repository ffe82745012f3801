import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const ACC = fileURLToPath(new URL("../../bin/acc.mjs", import.meta.url));
const TIMEOUT_MS = 120_000;

export type AccResult = { code: number | null; stdout: string; stderr: string };

export type AccOptions = {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Standard input stays open, as in a terminal. */
  readonly isWaiting?: boolean;
  readonly cwd?: string;
  /** Called with each new piece of output. */
  readonly act?: (child: ChildProcess, output: string, errors: string) => void;
};

/** Runs `acc` as a user would: the built package under plain node. */
export function runAcc(args: readonly string[], options: AccOptions = {}): Promise<AccResult> {
  const { env, input, isWaiting = false, cwd, act = () => {} } = options;
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [ACC, ...args], {
      timeout: TIMEOUT_MS,
      env: { ...process.env, NODE_OPTIONS: "", ...env },
      ...(cwd === undefined ? {} : { cwd }),
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
      act(child, stdout, stderr);
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
      act(child, stdout, stderr);
    });
    child.stdin.on("error", () => {}); // it may end before it has read all
    if (!isWaiting) child.stdin.end(input);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}
