import { connectTrackers } from "./connect-trackers.ts";
import type { HostLink } from "./host-link.ts";
import { passKillGate } from "./kill-gate.ts";
import type { ReplicaMessage, ReplicaTask } from "./protocol.ts";

/** Opens a replica's line to the host over the two ports of its task: one-way messages, and calls. */
export function connectHost(task: ReplicaTask): HostLink {
  const send = (message: ReplicaMessage): void => task.messages.postMessage(message);
  return {
    print: (stream, text) => send({ type: "output", stream, text }),
    progress: (progress) => send({ type: "progress", progress }),
    releaseAfterThread: (resources) => send({ type: "resources", resources }),
    runUninterrupted: (call) => passKillGate(task.gate, call),
    trackers: connectTrackers((event) => send({ type: "tracker", event }), task.calls),
  };
}
