import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { MessageChannel } from "node:worker_threads";
import { type Endpoint, expose } from "comlink";
import { Piscina } from "piscina";
import type { SharedGroup } from "../collective/shared-group.ts";
import type { Terminal } from "../progress/terminal.ts";
import { closeKillGate, createKillGate } from "../worker/kill-gate.ts";
import type { NativeResources } from "../worker/native-resources.ts";
import type { ReplicaMessage, ReplicaOutcome, ReplicaTask } from "../worker/protocol.ts";
import type { ResolvedLaunch } from "./launch-options.ts";
import { releaseResources } from "./release-resources.ts";
import { TrackerService } from "./tracker-service.ts";

/** One replica as the host sees it. */
export type RunningReplica = {
  readonly rank: number;
  /** Rejects if the thread dies; a script that throws is an outcome. */
  readonly outcome: Promise<ReplicaOutcome>;
  readonly trackers: TrackerService;
  /** Handles the messages that have arrived but were not seen yet, then closes the ports. */
  readonly disconnect: () => Promise<void>;
  /** Releases the native resources that the thread named and still holds. After `disconnect`. */
  readonly release: () => Promise<void>;
};

/** The threads of a run: exactly one Piscina worker, and one long task, per replica. */
export class ReplicaThreads {
  readonly #pool: Piscina;
  readonly #closeGates: (() => Promise<void>)[] = [];
  readonly #launch: ResolvedLaunch;

  constructor(launch: ResolvedLaunch) {
    this.#launch = launch;
    this.#pool = new Piscina({
      // The compiler leaves this URL alone: it names the source in src and the build in dist.
      filename: fileURLToPath(
        new URL(`../worker/replica${extname(import.meta.url)}`, import.meta.url),
      ),
      minThreads: launch.numProcesses,
      maxThreads: launch.numProcesses,
      concurrentTasksPerWorker: 1, // two ranks on one thread would block each other for ever
      atomics: "disabled", // the default parks idle workers in Atomics.wait: comlink would never be served
      ...(launch.resourceLimits ? { resourceLimits: launch.resourceLimits } : {}),
    });
    this.#pool.on("error", () => {}); // a worker that dies after its task: its outcome is known
  }

  start(rank: number, group: SharedGroup, terminal: Terminal): RunningReplica {
    const { scriptUrl, args } = this.#launch;
    const messages = new MessageChannel();
    const calls = new MessageChannel();
    const warn = (text: string): void => terminal.print("stderr", `Warning: ${text}\n`);
    const trackers = new TrackerService(warn);
    const resources: NativeResources[] = [];
    messages.port1.on("message", (message: ReplicaMessage) =>
      receive(message, terminal, trackers, resources),
    );
    expose(trackers, calls.port1 as unknown as Endpoint);
    const gate = createKillGate();
    const task: ReplicaTask = {
      ...{ rank, scriptUrl, args, group, gate },
      ...{ messages: messages.port2, calls: calls.port2 },
    };
    const outcome: Promise<ReplicaOutcome> = this.#pool.run(task, {
      transferList: [messages.port2, calls.port2],
    });
    // A port closes by itself, after its last message, once the thread at the other end has run its last
    // code, native code included.
    const drained = new Promise<void>((resolve) => messages.port1.once("close", () => resolve()));
    this.#closeGates.push(() => closeKillGate(gate, drained));
    const disconnect = async (): Promise<void> => {
      calls.port1.close();
      await drained;
    };
    const release = (): Promise<void> => releaseResources(resources, warn);
    return { rank, outcome, trackers, disconnect, release };
  }

  /** Stops every thread, wherever it is but in native code that cannot bear it. */
  async stop(): Promise<void> {
    await Promise.all(this.#closeGates.map((close) => close()));
    await this.#pool.destroy();
  }
}

function receive(
  message: ReplicaMessage,
  terminal: Terminal,
  trackers: TrackerService,
  resources: NativeResources[],
): void {
  switch (message.type) {
    case "output":
      terminal.print(message.stream, message.text);
      break;
    case "progress":
      terminal.progress(message.progress);
      break;
    case "tracker":
      trackers.receive(message.event);
      break;
    case "resources":
      resources.push(message.resources);
      break;
    default:
      message satisfies never;
  }
}
