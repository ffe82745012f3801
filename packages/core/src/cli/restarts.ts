import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { AcceleratorError } from "../errors.ts";
import { exitCodeOfSignal } from "../exit-code-of-signal.ts";
import type { LaunchMonitor } from "../launch/launch-options.ts";
import { EXIT } from "./exit-codes.ts";

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
/** A run that fails so often at the same step would fail there for ever. */
const SAME_STEP = 3;

/** What a run tells the process that restarts it. */
type Report =
  | { readonly type: "checkpoint"; readonly path: string }
  | { readonly type: "failure"; readonly steps: number };

/** Set for a process that `runWithRestarts` has started. */
const SUPERVISED = "ACC_SUPERVISED";

/** Whether this process was started by `runWithRestarts`. */
export function isSupervised(): boolean {
  return process.send !== undefined && process.env[SUPERVISED] !== undefined;
}

/** The monitor of a run that may have been started by `runWithRestarts`. Such a run ends when its parent is gone. */
export function reportToParent(): LaunchMonitor {
  if (!isSupervised()) return {};
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
  process.channel?.unref(); // the listener alone must not keep the process alive
  const send = (report: Report): void => {
    process.send?.(report, undefined, undefined, () => {}); // a parent that is gone needs no report
  };
  return {
    onCheckpoint: (path) => send({ type: "checkpoint", path }),
    onFailure: (steps) => send({ type: "failure", steps }),
  };
}

/** How one attempt ended. */
type Attempt = {
  readonly exitCode: number;
  /** Whether it has written a checkpoint. */
  readonly hasCheckpoint: boolean;
  /** The step at which it failed, if it could say so. */
  readonly steps: number | undefined;
};

/**
 * Runs `acc launch` in a process of its own, and again from its newest checkpoint when it fails: also if it ran out of memory or
 * was killed. The count of restarts begins again with each new checkpoint.
 *
 * @param argv the arguments of `acc launch`.
 * @returns the exit code of the last attempt.
 * @throws {AcceleratorError} `OPTION_INVALID`.
 */
export async function runWithRestarts(
  argv: readonly string[],
  { maxRestarts, signal }: { readonly maxRestarts: number; readonly signal: AbortSignal },
): Promise<number> {
  if (!Number.isInteger(maxRestarts) || maxRestarts < 0) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      `acc launch: --max-restarts needs an integer of at least 0, got ${maxRestarts}.`,
    );
  }
  let restarts = 0;
  let sameStep = 0;
  let lastSteps: number | undefined;
  for (let isFirst = true; ; isFirst = false) {
    const attempt = await runOnce(isFirst ? argv : resumed(argv), signal);
    const { exitCode, hasCheckpoint, steps } = attempt;
    if (exitCode === EXIT.done || exitCode === EXIT.usage || signal.aborted) return exitCode;
    if (hasCheckpoint) restarts = 0;
    sameStep = steps !== undefined && steps === lastSteps && !hasCheckpoint ? sameStep + 1 : 1;
    lastSteps = steps;
    if (restarts >= maxRestarts) return say(exitCode, `${maxRestarts} restarts did not help.`);
    if (sameStep >= SAME_STEP) {
      return say(exitCode, `it failed ${SAME_STEP} times at the same step (${steps}).`);
    }
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** restarts, LONGEST_PAUSE_MS);
    restarts += 1;
    say(exitCode, `restart ${restarts} of ${maxRestarts} in ${pauseMs / 1000} s.`);
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return exitCode;
  }
}

/** The same arguments, for a run that goes on from the newest checkpoint. */
function resumed(argv: readonly string[]): string[] {
  return ["--resume=latest", ...argv.filter((argument) => !argument.startsWith("--resume="))];
}

/**
 * Runs `acc launch` once. The process has a group of its own, because Ctrl-C in a terminal would otherwise reach it twice: from
 * the terminal and from here.
 */
async function runOnce(argv: readonly string[], signal: AbortSignal): Promise<Attempt> {
  const [, script = ""] = process.argv;
  const child = spawn(process.execPath, [...process.execArgv, script, "launch", ...argv], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...process.env, [SUPERVISED]: "1" },
    detached: process.platform !== "win32",
  });
  let hasCheckpoint = false;
  let steps: number | undefined;
  child.on("message", (report: Report) => {
    if (report.type === "checkpoint") hasCheckpoint = true;
    else steps = report.steps;
  });
  const stopForwarding = forwardSignals(child, signal);
  try {
    const exitCode = await exitCodeOf(child);
    return { exitCode, hasCheckpoint, steps };
  } finally {
    stopForwarding();
  }
}

function forwardSignals(child: ChildProcess, signal: AbortSignal): () => void {
  const end = (): void => void child.kill(signal.reason === "SIGTERM" ? "SIGTERM" : "SIGINT");
  const pass = (name: NodeJS.Signals): void => void child.kill(name);
  const passed: readonly NodeJS.Signals[] =
    process.platform === "win32" ? [] : ["SIGUSR1", "SIGUSR2"];
  signal.addEventListener("abort", end, { once: true });
  for (const name of passed) process.on(name, pass);
  return () => {
    signal.removeEventListener("abort", end);
    for (const name of passed) process.off(name, pass);
  };
}

function exitCodeOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, name) =>
      resolve(code ?? (name ? exitCodeOfSignal(name) : EXIT.failed)),
    );
  });
}

function say(exitCode: number, what: string): number {
  process.stderr.write(`acc: the run ended with exit code ${exitCode}; ${what}\n`);
  return exitCode;
}
