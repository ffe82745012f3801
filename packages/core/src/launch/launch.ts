import { coreShare } from "../backend/core-share.ts";
import { shareCores } from "../backend/onnx.ts";
import { prepareForTensorFlow } from "../backend/tensorflow-package.ts";
import { ControlBlock } from "../collective/control-block.ts";
import { abortGroup, localRanks, type SharedGroup } from "../collective/shared-group.ts";
import { replicaContext } from "../context/replica-context.ts";
import { AcceleratorError, messageOf } from "../errors.ts";
import { MonitorSources } from "../monitoring/monitor-sources.ts";
import type { Terminal } from "../progress/terminal.ts";
import { RankClock } from "../rank-clock.ts";
import { fromRemoteError } from "../remote-trackers/remote-error.ts";
import { settledWithin } from "../settled-within.ts";
import { acrossHosts } from "./across-hosts.ts";
import type { Alarm } from "./alarm.ts";
import { explainedBySignal, explainLongWaits } from "./explain.ts";
import { interruptedBySignal, savedBySignal } from "./interrupt.ts";
import { createGroup, hostTerminal, type JoinedHosts, joinHosts, placeOf } from "./join-hosts.ts";
import { type LaunchOptions, type ResolvedLaunch, resolveLaunch } from "./launch-options.ts";
import type { RunningReplica } from "./replica-thread.ts";
import { watchReplicas } from "./watchdog.ts";

/** Time for the other replicas to notice that one failed, and to print their own errors. */
const GRACE_MS = 500;

let running = false;

/**
 * Runs a training script in several replicas, one worker thread each, and returns what its default export
 * returned on every rank, in rank order (`undefined` without one).
 *
 * @param script path or `file:` URL of the script.
 * @throws {AcceleratorError} with the code of the first replica that failed (`REPLICA_FAILED` if it threw an error of
 *   its own), its rank in `rank` and its error, with the stack of its thread, in `cause`. All threads have ended by
 *   then. Also `SCRIPT_NOT_FOUND`, `NUM_PROCESSES_INVALID`, `OPTION_INVALID`, `LAUNCH_IN_PROGRESS`, `INTERRUPTED`,
 *   `PREEMPTED`, `REPLICA_HUNG`.
 */
export async function launch<T = unknown>(
  script: string | URL,
  options: LaunchOptions = {},
): Promise<T[]> {
  if (replicaContext().host) {
    throw new AcceleratorError(
      "LAUNCH_IN_PROGRESS",
      "launch: this is a replica of a run, and a replica starts no replicas: it would start them on every rank. Call launch in " +
        "another script than the one that it launches, or leave it out under acc launch.",
    );
  }
  if (running) {
    throw new AcceleratorError(
      "LAUNCH_IN_PROGRESS",
      "launch: another run is in progress in this process; await it first.",
    );
  }
  running = true;
  try {
    return (await acrossHosts(script, options, (own) => runReplicas(script, own))) as T[];
  } finally {
    running = false;
  }
}

async function runReplicas(script: string | URL, options: LaunchOptions): Promise<unknown[]> {
  // Imported only here: every training script imports this module, but few of them call `launch`. Imported before the
  // signal is checked: there must be no `await` between the check and adding the listener.
  const { startReplica } = await import("./replica-thread.ts");
  const resolved = resolveLaunch(script, options);
  const group = createGroup(resolved);
  const control = new ControlBlock(group.control, group.worldSize);
  const interrupt = interruptedBySignal(resolved.signal, control, resolved.graceMs);
  const terminal = hostTerminal(resolved.hosts);
  let joined: JoinedHosts | undefined;
  try {
    joined = resolved.hosts && joinHosts(resolved.hosts, resolved, group);
    const share = joined
      ? await Promise.race([joined.line.ready, interrupt.promise])
      : coreShare(resolved.numProcesses);
    prepareForTensorFlow(share, resolved.scriptUrl);
    shareCores(share);
    const clocks = localRanks(group).map((rank) => new RankClock(group.clock, rank));
    const sources = new MonitorSources(clocks);
    const replicas = localRanks(group).map((rank) =>
      startReplica(resolved, rank, { group, hosts: joined?.group }, { terminal, sources }),
    );
    return await superviseRun({ resolved, group, replicas, terminal, joined, interrupt });
  } catch (error) {
    abortGroup(group, messageOf(error)); // where it failed before the replicas were started
    await joined?.line.abandon();
    throw error;
  } finally {
    interrupt.dispose();
    terminal.close();
  }
}

type Run = {
  readonly resolved: ResolvedLaunch;
  readonly group: SharedGroup;
  readonly replicas: readonly RunningReplica[];
  readonly terminal: Terminal;
  readonly joined: JoinedHosts | undefined;
  readonly interrupt: Alarm;
};

/** Watches the replicas until they have ended, those of other hosts too, or one has failed. */
async function superviseRun(run: Run): Promise<unknown[]> {
  const { resolved, group, replicas, terminal, joined, interrupt } = run;
  const control = new ControlBlock(group.control, group.worldSize);
  const watchdog = watchReplicas(group, resolved.watchdogMs);
  const stopSaving = savedBySignal(resolved.saveSignal, control, (text) =>
    terminal.print("stderr", `Warning: ${text}\n`),
  );
  const tell = (lines: readonly string[]): void =>
    terminal.print("stderr", `Where the replicas stand:\n  ${lines.join("\n  ")}\n`);
  const stopExplaining = explainedBySignal(resolved.explainSignal, group, tell);
  const stopWatching = resolved.debug ? explainLongWaits(group, tell) : () => {};
  const results = replicas.map((replica) => resultOf(replica, placeOf(resolved.hosts)));
  const all = joined ? joined.line.endAfter(Promise.all(results)) : Promise.all(results);
  const alarms = [interrupt.promise, watchdog.promise];
  if (joined) alarms.push(joined.line.failureAfter(() => settledWithin(results, GRACE_MS)));
  try {
    const values = await Promise.race([all, ...alarms]);
    await closeRun(replicas, "success");
    return values;
  } catch (error) {
    const failure = joined?.line.causeOf(error as AcceleratorError) ?? (error as AcceleratorError);
    const clock = new RankClock(group.clock, group.firstRank);
    resolved.monitor.onFailure?.(clock.read().batches);
    abortGroup(group, failure.message);
    await settledWithin(results, GRACE_MS);
    await closeRun(replicas, "failure").catch(() => {}); // the first failure is the one to report
    throw failure;
  } finally {
    watchdog.dispose();
    stopSaving();
    stopExplaining();
    stopWatching();
  }
}

/**
 * The value of a replica's script, or its failure as an error that names the rank.
 *
 * @param place where it runs, for the message.
 */
async function resultOf({ rank, outcome }: RunningReplica, place: string): Promise<unknown> {
  let cause: unknown;
  let exitCode = 1;
  try {
    const result = await outcome;
    if (result.ok) return result.value;
    cause = fromRemoteError(result.error);
    exitCode = result.exitCode;
  } catch (error) {
    cause = error; // the thread died: out of memory, terminated
  }
  if (cause instanceof AcceleratorError && cause.code === "PREEMPTED") {
    throw new AcceleratorError(cause.code, cause.message, { rank, exitCode });
  }
  const code = cause instanceof AcceleratorError ? cause.code : "REPLICA_FAILED";
  const message = `Replica ${rank}${place} failed: ${messageOf(cause)}${adviceFor(cause)}`;
  throw new AcceleratorError(code, message, { cause, rank, exitCode });
}

/** What Node.js itself says of a thread without memory does not tell what to do. */
function adviceFor(cause: unknown): string {
  if ((cause as { code?: unknown } | undefined)?.code !== "ERR_WORKER_OUT_OF_MEMORY") return "";
  return ". Use smaller batches or fewer replicas, or raise the limit: --max-old-space-size, or resourceLimits of launch.";
}

async function closeRun(
  replicas: readonly RunningReplica[],
  status: "success" | "failure",
): Promise<void> {
  await Promise.all(replicas.map((replica) => replica.stop()));
  await Promise.all(replicas.map((replica) => replica.disconnect()));
  await Promise.all(replicas.map((replica) => replica.release()));
  await Promise.all(replicas.map((replica) => replica.trackers.close(status)));
}
