import type { HostLink } from "../context/host-link.ts";
import { connectTrackers } from "../remote-trackers/connect-trackers.ts";
import { finishBeforeGate, passKillGate } from "./kill-gate.ts";
import type { ReplicaMessage, ReplicaTask } from "./protocol.ts";

/** Connects a replica to the host over the two ports of its task: one for one-way messages, one for calls. */
export function connectHost(task: ReplicaTask): HostLink {
  const send = (message: ReplicaMessage): void => task.messages.postMessage(message);
  return {
    print: (stream, text) => send({ type: "output", stream, text }),
    progress: (progress) => send({ type: "progress", progress }),
    releaseAfterThread: (resources) => send({ type: "resources", resources }),
    checkpointWritten: (path) => send({ type: "checkpoint", path }),
    runUninterrupted: (call) => passKillGate(task.gate, call),
    finishBeforeEnd: (work) => finishBeforeGate(task.gate, work),
    trackers: connectTrackers((message) => send({ type: "tracker", ...message }), task.calls),
  };
}
