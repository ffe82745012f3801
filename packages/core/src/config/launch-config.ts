/** What a configuration file says about launches. What is not in it is left to the options of `acc launch`. */
export type LaunchConfig = {
  /** -1: the command line must say it. */
  readonly numProcesses?: number;
  readonly timeoutMs?: number;
  readonly graceMs?: number;
  readonly watchdogMs?: number;
  readonly maxRestarts?: number;
  readonly debug?: boolean;
};

/** The members of a file that are ours, by their names there. */
export const CONFIG_KEYS: Readonly<Record<string, keyof LaunchConfig>> = {
  num_processes: "numProcesses",
  timeout_ms: "timeoutMs",
  grace_ms: "graceMs",
  watchdog_ms: "watchdogMs",
  max_restarts: "maxRestarts",
  debug: "debug",
};
