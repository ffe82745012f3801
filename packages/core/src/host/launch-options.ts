import { existsSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { ResourceLimits } from "node:worker_threads";
import { AcceleratorError } from "../errors.ts";

export type LaunchOptions = {
  /** Number of replicas; the number of cores by default. */
  readonly numProcesses?: number;
  /** Arguments of the script's default export; also its `process.argv`, as text. Structured clone applies. */
  readonly args?: readonly unknown[];
  /** Longest time a replica waits for the others in a collective. Default 30 minutes. */
  readonly timeoutMs?: number;
  /** Memory limits of each replica's thread, as of `worker_threads`. */
  readonly resourceLimits?: ResourceLimits;
  /** Ends the run: every replica is stopped, trackers are closed, `launch` rejects with `INTERRUPTED`. */
  readonly signal?: AbortSignal;
};

export type ResolvedLaunch = {
  readonly scriptUrl: string;
  readonly numProcesses: number;
  readonly args: readonly unknown[];
  readonly timeoutMs: number;
  readonly resourceLimits: ResourceLimits | undefined;
  readonly signal: AbortSignal | undefined;
};

const DEFAULT_TIMEOUT_MS = 30 * 60 * 1000; // Accelerate's on the CPU
/** Beyond this, threads alone exhaust a machine: almost certainly a mistake. */
const MAX_PROCESSES = 256;

/**
 * Fills defaults and checks everything before a thread is started.
 *
 * @throws {AcceleratorError} `SCRIPT_NOT_FOUND`, `NUM_PROCESSES_INVALID`, `OPTION_INVALID`, `INTERRUPTED`.
 */
export function resolveLaunch(script: string | URL, options: LaunchOptions): ResolvedLaunch {
  const { numProcesses = availableParallelism(), timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  if (!Number.isInteger(numProcesses) || numProcesses < 1 || numProcesses > MAX_PROCESSES) {
    throw new AcceleratorError(
      "NUM_PROCESSES_INVALID",
      `numProcesses must be an integer from 1 to ${MAX_PROCESSES}, got ${numProcesses}.`,
    );
  }
  if (!(timeoutMs > 0)) {
    throw new AcceleratorError("OPTION_INVALID", `timeoutMs must be above 0, got ${timeoutMs}.`);
  }
  if (options.signal?.aborted) {
    throw new AcceleratorError(
      "INTERRUPTED",
      "launch: the signal was aborted before the run began.",
    );
  }
  return {
    scriptUrl: resolveScript(script),
    numProcesses,
    args: options.args ?? [],
    timeoutMs,
    resourceLimits: options.resourceLimits,
    signal: options.signal,
  };
}

function resolveScript(script: string | URL): string {
  const url =
    script instanceof URL || /^file:/.test(script)
      ? new URL(script)
      : pathToFileURL(resolve(script));
  const path = url.protocol === "file:" ? fileURLToPath(url) : undefined;
  if (path === undefined || !existsSync(path) || !statSync(path).isFile()) {
    throw new AcceleratorError(
      "SCRIPT_NOT_FOUND",
      `There is no training script at ${path ?? url.href}. Pass the path of a .ts, .mjs or .js file, ` +
        "relative to the working directory, or a file: URL.",
    );
  }
  return url.href;
}
