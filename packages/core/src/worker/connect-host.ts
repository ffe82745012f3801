import type { MessagePort } from "node:worker_threads";
import { connectTrackers } from "./connect-trackers.ts";
import type { HostLink } from "./host-link.ts";
import type { ReplicaMessage } from "./protocol.ts";

/** Opens a replica's line to the host over the two ports of its task: one-way messages, and calls. */
export function connectHost(ports: {
  readonly messages: MessagePort;
  readonly calls: MessagePort;
}): HostLink {
  const send = (message: ReplicaMessage): void => ports.messages.postMessage(message);
  return {
    print: (stream, text) => send({ type: "output", stream, text }),
    progress: (progress) => send({ type: "progress", progress }),
    releaseAfterThread: (resources) => send({ type: "resources", resources }),
    trackers: connectTrackers((event) => send({ type: "tracker", event }), ports.calls),
  };
}
