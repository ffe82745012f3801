import { MessageChannel, type MessagePort } from "node:worker_threads";
import { type Endpoint, transfer, wrap } from "comlink";
import type { RemoteHub } from "../trackers/remote-hub.ts";
import type { HostLink } from "./host-link.ts";
import type { HostApi, NativeRun, RemoteError, ReplicaMessage } from "./protocol.ts";
import { fromRemoteError } from "./remote-error.ts";

/** Opens a replica's line to the host over the two ports of its task: one-way messages, and calls. */
export function connectHost(ports: {
  readonly messages: MessagePort;
  readonly calls: MessagePort;
}): HostLink {
  const send = (message: ReplicaMessage): void => ports.messages.postMessage(message);
  return {
    print: (stream, text) => send({ type: "output", stream, text }),
    progress: (progress) => send({ type: "progress", progress }),
    trackers: connectTrackers(send, ports.calls),
  };
}

function connectTrackers(send: (message: ReplicaMessage) => void, calls: MessagePort): RemoteHub {
  const host = wrap<HostApi>(calls as unknown as Endpoint);
  calls.unref(); // Piscina's own port keeps the thread alive while the script runs
  let events = 0;
  return {
    post(event) {
      events += 1;
      send({ type: "tracker", event });
    },
    async start(request, config, strict) {
      const channels = request.sources.map(() => new MessageChannel());
      const ports = channels.map(({ port2 }) => port2);
      throwIfError(await host.startTrackers(request, config, strict, transfer(ports, ports)));
      return channels.map(({ port1 }) => {
        const run = wrap<NativeRun>(port1 as unknown as Endpoint);
        port1.unref(); // an open tracker must not keep the thread alive
        return run.native;
      });
    },
    async finish(status) {
      throwIfError(await host.finishTrackers(status, events));
    },
  };
}

function throwIfError(error: RemoteError | undefined): void {
  if (error) throw fromRemoteError(error);
}
