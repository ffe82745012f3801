import { existsSync, statSync } from "node:fs";
import { availableParallelism, constants } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { ResourceLimits } from "node:worker_threads";
import { GRACE_MS } from "../collective/supervision.ts";
import { AcceleratorError } from "../errors.ts";
import { checkHosts } from "../hosts/check-hosts.ts";
import type { HostsOptions } from "../hosts/transport.ts";
import { checkOptions, type ForeignNames } from "../options/check-options.ts";
import { foundText } from "../options/found-text.ts";
import type { OptionRules } from "../options/option-rule.ts";

export type LaunchOptions = {
  /** Number of replicas; the number of cores by default. With `hosts`: those of this host, which `hosts` says already. */
  readonly numProcesses?: number;
  /**
   * For launchers: this process runs the replicas of one host of several. Each host calls `launch` with the same script; it returns
   * the results of its own replicas.
   */
  readonly hosts?: HostsOptions;
  /** Arguments of the script's default export; also its `process.argv`, as text. Structured clone applies. */
  readonly args?: readonly unknown[];
  /** Longest time a replica waits for the others in a collective. Default 30 minutes. */
  readonly timeoutMs?: number;
  /** Memory limits of each replica's thread, as of `worker_threads`. */
  readonly resourceLimits?: ResourceLimits;
  /**
   * Ends the run: every replica is stopped, trackers are closed, `launch` rejects with `INTERRUPTED`. A script that saves
   * checkpoints saves one first: `launch` then rejects with `PREEMPTED`.
   */
  readonly signal?: AbortSignal;
  /** How long a script may take for that checkpoint. Default 25 seconds. */
  readonly graceMs?: number;
  /** A signal of the process that makes the script save a checkpoint and go on, such as `SIGUSR1`. */
  readonly saveSignal?: NodeJS.Signals;
  /** A signal of the process that prints where each replica stands, such as `SIGUSR2`. */
  readonly explainSignal?: NodeJS.Signals;
  /**
   * Errors of collectives name the lines of the script that made the calls, and a wait of ten seconds prints where each replica
   * stands. Every collective then takes some microseconds longer. Default false.
   */
  readonly debug?: boolean;
  /** Ends the run with `REPLICA_HUNG` if no replica has begun a step, or met the others, for so long. Off by default. */
  readonly watchdogMs?: number;
  /** Told of what happens to the run. */
  readonly monitor?: LaunchMonitor;
};

/** What a launched run tells the program that launched it. It must not throw. */
export type LaunchMonitor = {
  /** A checkpoint is on the disk. */
  readonly onCheckpoint?: (path: string) => void;
  /** The run has failed; rank 0 had begun so many steps. */
  readonly onFailure?: (steps: number) => void;
};

export type ResolvedLaunch = {
  readonly scriptUrl: string;
  /** Replicas of this host. */
  readonly numProcesses: number;
  readonly hosts: HostsOptions | undefined;
  readonly args: readonly unknown[];
  readonly timeoutMs: number;
  readonly resourceLimits: ResourceLimits | undefined;
  readonly signal: AbortSignal | undefined;
  readonly graceMs: number;
  readonly saveSignal: NodeJS.Signals | undefined;
  readonly explainSignal: NodeJS.Signals | undefined;
  readonly debug: boolean;
  readonly watchdogMs: number | undefined;
  readonly monitor: LaunchMonitor;
};

const DEFAULT_TIMEOUT_MS = 30 * 60 * 1000; // as in Accelerate on the CPU
/** More threads than this would exhaust a machine: almost certainly a mistake. */
const MAX_PROCESSES = 256;

const RULES: OptionRules<LaunchOptions> = {
  numProcesses: "any",
  hosts: "object",
  args: "any",
  // A group that waits for ever has no limit.
  timeoutMs: { anyOf: [{ numberAbove: 0 }, { oneOf: [Number.POSITIVE_INFINITY] }] },
  resourceLimits: "object",
  signal: "object",
  graceMs: { numberFrom: 0, below: 2 ** 31 }, // a timer with more ends at once
  saveSignal: "any",
  explainSignal: "any",
  debug: "boolean",
  watchdogMs: { numberFrom: 1 },
  monitor: "object",
};

const LIMIT_RULES: OptionRules<ResourceLimits> = {
  maxYoungGenerationSizeMb: { numberFrom: 0 },
  maxOldGenerationSizeMb: { numberFrom: 0 },
  codeRangeSizeMb: { numberFrom: 0 },
  stackSizeMb: { numberFrom: 0 },
};

const MONITOR_RULES: OptionRules<LaunchMonitor> = {
  onCheckpoint: "function",
  onFailure: "function",
};

const PROCESSES = 'did you mean "numProcesses"?';
const FOREIGN_NAMES: ForeignNames = {
  nprocs: PROCESSES,
  nprocPerNode: PROCESSES,
  numWorkers: PROCESSES,
  numReplicas: PROCESSES,
  worldSize: PROCESSES,
  timeout: 'did you mean "timeoutMs"?',
};

/**
 * Fills defaults and checks everything before a thread is started.
 *
 * @throws {AcceleratorError} `SCRIPT_NOT_FOUND`, `NUM_PROCESSES_INVALID`, `OPTION_INVALID`, `INTERRUPTED`.
 */
export function resolveLaunch(script: string | URL, options: LaunchOptions): ResolvedLaunch {
  checkOptions("launch", options, RULES, FOREIGN_NAMES);
  if (options.resourceLimits) checkOptions("resourceLimits", options.resourceLimits, LIMIT_RULES);
  if (options.monitor) checkOptions("launch, monitor", options.monitor, MONITOR_RULES);
  requireArguments(options.args);
  requireAbortSignal(options.signal);
  const { hosts, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  if (hosts) checkHosts(hosts, options.numProcesses);
  const { numProcesses: wanted = availableParallelism() } = options;
  const numProcesses = hosts?.replicasOf[hosts.host] ?? wanted;
  if (!Number.isInteger(numProcesses) || numProcesses < 1 || numProcesses > MAX_PROCESSES) {
    throw new AcceleratorError(
      "NUM_PROCESSES_INVALID",
      `numProcesses must be an integer from 1 to ${MAX_PROCESSES}, got ${foundText(numProcesses)}.`,
    );
  }
  requireNotAborted(options.signal);
  return {
    scriptUrl: resolveScript(script),
    ...{ numProcesses, hosts },
    args: options.args ?? [],
    timeoutMs,
    resourceLimits: options.resourceLimits,
    signal: options.signal,
    graceMs: options.graceMs ?? GRACE_MS,
    saveSignal: requireSignal("saveSignal", options.saveSignal),
    explainSignal: requireSignal("explainSignal", options.explainSignal),
    debug: options.debug ?? false,
    watchdogMs: options.watchdogMs,
    monitor: options.monitor ?? {},
  };
}

/** @throws {AcceleratorError} `INTERRUPTED`. */
export function requireNotAborted(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw new AcceleratorError("INTERRUPTED", "launch: the signal was aborted before the run began.");
}

function requireSignal(option: string, name: unknown): NodeJS.Signals | undefined {
  if (name === undefined) return undefined;
  if (typeof name === "string" && Object.hasOwn(constants.signals, name))
    return name as NodeJS.Signals;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `launch: ${option} must be the name of a signal, such as "SIGUSR1", got ${foundText(name)}.`,
  );
}

function requireAbortSignal(signal: unknown): void {
  if (signal === undefined || signal instanceof AbortSignal) return;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `launch: signal must be that of an AbortController, got ${foundText(signal)}.`,
  );
}

function requireArguments(args: unknown): void {
  if (args === undefined || Array.isArray(args)) return;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `launch: args must be a list of arguments, got ${foundText(args)}.`,
  );
}

function resolveScript(script: string | URL): string {
  if (typeof script !== "string" && !(script instanceof URL)) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      `launch: the script must be a path or a file: URL, got ${foundText(script)}.`,
    );
  }
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
