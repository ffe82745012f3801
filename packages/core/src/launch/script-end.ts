import { AcceleratorError } from "../errors.ts";
import { toRemoteError } from "../remote-trackers/remote-error.ts";
import { closeOpenSessions } from "../trackers/session/open-sessions.ts";
import type { ReplicaOutcome } from "./protocol.ts";
import { toStartError } from "./run-script.ts";

/** The exit codes of Node.js for an uncaught error, and for an error in a listener for uncaught errors. */
const UNCAUGHT: readonly number[] = [1, 7];
/** The exit code of Node.js for a top-level await that never settles. */
const UNSETTLED = 13;

/**
 * How the script of this thread ends. It ends as a process does: nothing is left to wait for, it calls
 * `process.exit`, or an unhandled error ends it.
 */
export class ScriptEnd {
  readonly #scriptUrl: string;
  #value: unknown;
  #isStarted = false;
  #isSettled = false;
  #isDrained = false;
  #failure: { readonly error: unknown } | undefined;
  /** The last uncaught error, whoever ended the thread because of it. */
  #uncaught: { readonly error: unknown } | undefined;

  /** @param report called once, when the thread runs its last code. */
  constructor(scriptUrl: string, report: (outcome: ReplicaOutcome) => void) {
    this.#scriptUrl = scriptUrl;
    process.on("uncaughtExceptionMonitor", (error) => {
      this.#uncaught = { error };
    });
    // Also called for unhandled rejections. A listener of the script decides for itself what to do.
    process.on("uncaughtException", (error) => {
      if (process.listenerCount("uncaughtException") === 1) void this.fail(error);
    });
    process.on("beforeExit", () => {
      this.#isDrained = true;
    });
    process.on("exit", (code) => report(this.#outcome(code)));
  }

  /** The top level of the script has run. */
  start(): void {
    this.#isStarted = true;
  }

  /** The script has its result; it may still wait for something. */
  settle(value: unknown): void {
    this.#isSettled = true;
    this.#value = value;
  }

  /** Ends the thread because of an error. The first one counts. */
  async fail(error: unknown): Promise<void> {
    if (this.#failure) return;
    this.#failure = { error };
    await closeOpenSessions("failure").catch(() => {}); // the first error is the one to report
    process.exit(1);
  }

  #outcome(code: number): ReplicaOutcome {
    const failure = this.#failure ?? (UNCAUGHT.includes(code) ? this.#uncaught : undefined);
    if (failure) return failed(this.#startError(failure.error), exitCodeOf(failure.error));
    if (this.#isDrained && !this.#isSettled) return failed(unsettled(), UNSETTLED);
    if (code !== 0) return failed(exited(code), code);
    return { ok: true, value: this.#value };
  }

  #startError(error: unknown): unknown {
    return this.#isStarted ? error : toStartError(error, this.#scriptUrl);
  }
}

/** An error of ours may name the exit code, such as that of a signal. */
function exitCodeOf(error: unknown): number {
  return (error instanceof AcceleratorError ? error.exitCode : undefined) ?? 1;
}

/** The outcome of a script that failed. */
export function failed(error: unknown, exitCode: number): ReplicaOutcome {
  return { ok: false, error: toRemoteError(error), exitCode };
}

function exited(code: number): AcceleratorError {
  return new AcceleratorError(
    "REPLICA_FAILED",
    `the script ended with exit code ${code}, by process.exit or process.exitCode.`,
  );
}

function unsettled(): AcceleratorError {
  return new AcceleratorError(
    "REPLICA_FAILED",
    "the script awaits a promise that can never settle: nothing is left to run. The await is at its top level, or in the " +
      "function that it exports.",
  );
}
