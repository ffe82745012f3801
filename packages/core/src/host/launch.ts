import { shareCores } from "../backend/onnx.ts";
import { prepareForTensorFlow } from "../backend/tensorflow-package.ts";
import { abortGroup, createSharedGroup } from "../collective/shared-group.ts";
import { AcceleratorError, messageOf } from "../errors.ts";
import { Terminal } from "../progress/terminal.ts";
import { fromRemoteError } from "../worker/remote-error.ts";
import { interruptedBySignal } from "./interrupt.ts";
import { type LaunchOptions, resolveLaunch } from "./launch-options.ts";
import type { ReplicaThreads, RunningReplica } from "./replica-threads.ts";

/** How long the other replicas may take to notice that one failed and to print what they have to say. */
const GRACE_MS = 500;

let running = false;

/**
 * Runs a training script in several replicas, one worker thread each, and returns what its default export
 * returned on every rank, in rank order (`undefined` without one).
 *
 * @param script path or `file:` URL of the script.
 * @throws {AcceleratorError} with the code of the first replica that failed (`REPLICA_FAILED` if it threw
 *   an error of its own), its rank in `rank` and its error, with the stack of its thread, in `cause`. All
 *   threads are gone by then. Also `SCRIPT_NOT_FOUND`, `NUM_PROCESSES_INVALID`, `OPTION_INVALID`,
 *   `LAUNCH_IN_PROGRESS`, `INTERRUPTED`.
 */
export async function launch<T = unknown>(
  script: string | URL,
  options: LaunchOptions = {},
): Promise<T[]> {
  if (running) {
    throw new AcceleratorError(
      "LAUNCH_IN_PROGRESS",
      "launch: another run is in progress in this process; await it first.",
    );
  }
  running = true;
  try {
    return (await runReplicas(script, options)) as T[];
  } finally {
    running = false;
  }
}

async function runReplicas(script: string | URL, options: LaunchOptions): Promise<unknown[]> {
  // Imported only here: every training script imports this module, and few of them launch. And imported
  // first: once the signal was checked, nothing may wait until someone listens to it.
  const { ReplicaThreads } = await import("./replica-threads.ts");
  const resolved = resolveLaunch(script, options);
  const { numProcesses, timeoutMs } = resolved;
  prepareForTensorFlow(numProcesses, resolved.scriptUrl);
  shareCores(numProcesses);
  const terminal = new Terminal();
  const group = createSharedGroup(numProcesses, { timeoutMs });
  const threads = new ReplicaThreads(resolved);
  const replicas = Array.from({ length: numProcesses }, (_, rank) =>
    threads.start(rank, group, terminal),
  );
  const interrupt = interruptedBySignal(resolved.signal);
  const results = replicas.map(resultOf);
  try {
    const values = await Promise.race([Promise.all(results), interrupt.promise]);
    await closeRun(threads, replicas, "success");
    return values;
  } catch (error) {
    const failure = error as AcceleratorError;
    abortGroup(group, failure.message);
    await settledWithin(results, GRACE_MS);
    await closeRun(threads, replicas, "failure").catch(() => {}); // the first failure is the one to report
    throw failure;
  } finally {
    interrupt.dispose();
  }
}

/** The value of a replica's script, or its failure as an error that names the rank. */
async function resultOf({ rank, outcome }: RunningReplica): Promise<unknown> {
  let cause: unknown;
  try {
    const result = await outcome;
    if (result.ok) return result.value;
    cause = fromRemoteError(result.error);
  } catch (error) {
    cause = error; // the thread died: process.exit, out of memory, terminated
  }
  const code = cause instanceof AcceleratorError ? cause.code : "REPLICA_FAILED";
  throw new AcceleratorError(code, `Replica ${rank} failed: ${messageOf(cause)}`, { cause, rank });
}

async function closeRun(
  threads: ReplicaThreads,
  replicas: readonly RunningReplica[],
  status: "success" | "failure",
): Promise<void> {
  await threads.stop();
  await Promise.all(replicas.map((replica) => replica.disconnect()));
  await Promise.all(replicas.map((replica) => replica.release()));
  await Promise.all(replicas.map((replica) => replica.trackers.close(status)));
}

async function settledWithin(results: readonly Promise<unknown>[], limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([Promise.allSettled(results), limit]);
  clearTimeout(timer);
}
