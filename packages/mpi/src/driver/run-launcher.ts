import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { exitCodeOfSignal } from "@acc/core/command";
import { AcceleratorError } from "@acc/core/tracker";
import { LauncherEnd } from "./launcher-end.ts";

/** What `acc launch` prints on a host whose run has failed. The job is over then, whatever its launcher thinks. */
const FATAL = /(^|\] ?)acc: \[[A-Z_]+\] /;
const AFTER_FATAL_MS = 5000;
/** How long what was printed may take to arrive, once the launcher has ended. */
const LAST_LINES_MS = 1000;

export type LauncherLimits = {
  /** Ends the job as Ctrl-C does. */
  readonly signal: AbortSignal;
  /** How long the job may then take to save a checkpoint. */
  readonly graceMs: number;
};

/**
 * Runs a launcher to its end, and ends it where it stays behind its job.
 *
 * @returns its exit code; never 0 if a host has failed.
 * @throws {AcceleratorError} `MPI_UNAVAILABLE` if it cannot be started.
 */
export async function runLauncher(
  command: string,
  args: readonly string[],
  { signal, graceMs }: LauncherLimits,
): Promise<number> {
  // A group of its own: Ctrl-C in a terminal would reach it twice, from there and from here.
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
  const end = new LauncherEnd(child);
  const onAbort = (): void =>
    end.begin(signal.reason === "SIGTERM" ? "SIGTERM" : "SIGINT", graceMs);
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  let hasFailed = false;
  const passed = Promise.all([
    passLines(child.stdout, process.stdout),
    passLines(child.stderr, process.stderr, (line) => {
      if (!FATAL.test(line)) return;
      hasFailed = true;
      end.begin(undefined, AFTER_FATAL_MS);
    }),
  ]);
  try {
    const exitCode = await exitCodeOf(child, command);
    // Not for ever: a process that it has left behind may hold the pipes.
    await Promise.race([passed, new Promise((resolve) => setTimeout(resolve, LAST_LINES_MS))]);
    return exitCode === 0 && hasFailed ? 1 : exitCode;
  } finally {
    signal.removeEventListener("abort", onAbort);
    end.callOff();
    child.stdout.destroy();
    child.stderr.destroy();
  }
}

async function passLines(
  from: Readable,
  to: NodeJS.WritableStream,
  look: (line: string) => void = () => {},
): Promise<void> {
  for await (const line of createInterface({ input: from, crlfDelay: Number.POSITIVE_INFINITY })) {
    to.write(`${line}\n`);
    look(line);
  }
}

function exitCodeOf(child: ChildProcess, command: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", (error) =>
      reject(
        new AcceleratorError("MPI_UNAVAILABLE", `${command} cannot be started: ${error.message}.`),
      ),
    );
    child.once("exit", (code, name) => resolve(code ?? exitCodeOfSignal(name as NodeJS.Signals)));
  });
}
