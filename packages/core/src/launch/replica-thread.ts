import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { MessageChannel, type Worker } from "node:worker_threads";
import { type Endpoint, expose } from "comlink";
import { Piscina } from "piscina";
import type { NativeResources } from "../context/native-resources.ts";
import type { Written } from "../monitoring/console-feed.ts";
import type { MonitorSources } from "../monitoring/monitor-sources.ts";
import type { Terminal } from "../progress/terminal.ts";
import { TrackerServices } from "../remote-trackers/tracker-services.ts";
import { settledWithin } from "../settled-within.ts";
import { closeKillGate, createKillGate, type KillGate } from "./kill-gate.ts";
import type { LaunchMonitor, ResolvedLaunch } from "./launch-options.ts";
import type { ReplicaMessage, ReplicaOutcome, ReplicaTask } from "./protocol.ts";
import { releaseResources } from "./release-resources.ts";

/** Time limit for the `exit` listeners of a thread whose script has ended. */
const EXIT_MS = 1000;

/** One replica as the host sees it. */
export type RunningReplica = {
  readonly rank: number;
  /** How the script ended; rejects if the thread died without reporting it. */
  readonly outcome: Promise<ReplicaOutcome>;
  readonly trackers: TrackerServices;
  /**
   * Stops the thread, but not inside native code that must not be interrupted. A thread that is already ending may
   * finish.
   */
  readonly stop: () => Promise<void>;
  /** Handles the messages that have arrived but were not handled yet, then closes the ports. */
  readonly disconnect: () => Promise<void>;
  /** Releases the native resources that the thread named and still holds. After `disconnect`. */
  readonly release: () => Promise<void>;
};

/** Starts a replica: one thread, which Piscina runs, with one task that lasts as long as the thread. */
export function startReplica(
  launch: ResolvedLaunch,
  rank: number,
  { group, hosts }: Pick<ReplicaTask, "group" | "hosts">,
  { terminal, sources }: { readonly terminal: Terminal; readonly sources: MonitorSources },
): RunningReplica {
  const { scriptUrl, args } = launch;
  const messages = new MessageChannel();
  const calls = new MessageChannel();
  const warn = (text: string): void => terminal.print("stderr", `Warning: ${text}\n`);
  const trackers = new TrackerServices(warn, sources);
  const resources: NativeResources[] = [];
  const shownRank = group.worldSize > 1 ? { rank } : {};
  const receivers: Receivers = {
    ...{ terminal, trackers, resources, monitor: launch.monitor },
    noteThread: (id) => sources.threads.set(rank, id),
    noteOutput: (written) => sources.console.write({ ...written, ...shownRank }),
  };
  expose(trackers, calls.port1 as unknown as Endpoint);
  const gate = createKillGate();
  const task: ReplicaTask = {
    ...{ rank, scriptUrl, args, group, hosts, gate },
    ...{ messages: messages.port2, calls: calls.port2 },
  };
  const pool = createPool(launch);
  let cause: unknown = new Error("its thread ended and reported nothing.");
  const noteCause = (error: unknown): void => {
    cause = error;
  };
  pool.on("error", noteCause); // for a thread that died before it got its task
  const taskEnd = pool.run(task, { transferList: [messages.port2, calls.port2] }).catch(noteCause);
  const [thread] = pool.threads;
  const gone = thread
    ? new Promise<void>((resolve) => thread.once("exit", () => resolve()))
    : taskEnd.then(() => {});
  // A port closes by itself, after its last message, when the thread at the other end has finished, including native
  // code.
  const drained = new Promise<void>((resolve) => messages.port1.once("close", () => resolve()));
  if (thread) terminateAtGate(thread, gate, drained);
  let hasEnded = false;
  const outcome = new Promise<ReplicaOutcome>((resolve, reject) => {
    messages.port1.on("message", (message: ReplicaMessage) => {
      if (message.type === "ended") {
        hasEnded = true;
        resolve(message.outcome);
      } else receive(message, receivers);
    });
    void gone.then(async () => {
      messages.port2.close(); // if the thread never received it
      await drained; // handle all messages of the thread
      reject(cause);
    });
  });
  return {
    ...{ rank, outcome, trackers },
    stop: async () => {
      if (hasEnded) await settledWithin([gone], EXIT_MS);
      await closeKillGate(gate, drained);
      await pool.destroy();
      await gone;
    },
    disconnect: async () => {
      calls.port1.close();
      await drained;
    },
    release: () => releaseResources(resources, warn),
  };
}

/** Whoever terminates the thread waits at the gate; a script finds the thread by the event `worker` of the process. */
function terminateAtGate(thread: Worker, gate: KillGate, gone: Promise<void>): void {
  const { terminate } = thread;
  thread.terminate = async () => {
    await closeKillGate(gate, gone);
    return await terminate.call(thread);
  };
}

/**
 * A pool of one thread, which is not replaced when it ends: two ranks on one thread would wait for each other
 * forever.
 */
function createPool({ resourceLimits }: ResolvedLaunch): Piscina {
  return new Piscina({
    // The compiler does not change this URL: it means the source in src and the built file in dist.
    filename: fileURLToPath(new URL(`./replica${extname(import.meta.url)}`, import.meta.url)),
    minThreads: 0,
    maxThreads: 1,
    concurrentTasksPerWorker: 1,
    atomics: "disabled", // the default parks idle workers in Atomics.wait: comlink would never be served
    ...(resourceLimits ? { resourceLimits } : {}),
  });
}

type Receivers = {
  readonly terminal: Terminal;
  readonly trackers: TrackerServices;
  readonly resources: NativeResources[];
  readonly monitor: LaunchMonitor;
  readonly noteThread: (id: number) => void;
  readonly noteOutput: (written: Written) => void;
};

function receive(
  message: Exclude<ReplicaMessage, { type: "ended" }>,
  { terminal, trackers, resources, monitor, noteThread, noteOutput }: Receivers,
): void {
  switch (message.type) {
    case "output":
      terminal.print(message.stream, message.text);
      noteOutput(message);
      break;
    case "thread":
      noteThread(message.id);
      break;
    case "progress":
      terminal.progress(message.progress);
      break;
    case "tracker":
      trackers.receive(message);
      break;
    case "resources":
      resources.push(message.resources);
      break;
    case "checkpoint":
      monitor.onCheckpoint?.(message.path);
      break;
    default:
      message satisfies never;
  }
}
