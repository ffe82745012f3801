import { MessageChannel } from "node:worker_threads";
import { type Endpoint, transfer, wrap } from "comlink";
import type { HostLink, HostPorts, NativeRun } from "./host-link.ts";
import type { HostApi, RemoteError } from "./protocol.ts";
import { fromRemoteError } from "./remote-error.ts";

/** Opens a replica's line to the host over the two ports of its task. */
export function connectHost({ messages, calls }: HostPorts): HostLink {
  const host = wrap<HostApi>(calls as unknown as Endpoint);
  calls.unref(); // Piscina's own port keeps the thread alive while the script runs
  let trackerEvents = 0;
  return {
    post(message) {
      if (message.type === "tracker") trackerEvents += 1;
      messages.postMessage(message);
    },
    async startTrackers(request, config, strict) {
      const channels = request.sources.map(() => new MessageChannel());
      const ports = channels.map(({ port2 }) => port2);
      throwIfError(await host.startTrackers(request, config, strict, transfer(ports, ports)));
      return channels.map(({ port1 }) => {
        const run = wrap<NativeRun>(port1 as unknown as Endpoint);
        port1.unref(); // an open tracker must not keep the thread alive
        return run.native;
      });
    },
    async finishTrackers(status) {
      throwIfError(await host.finishTrackers(status, trackerEvents));
    },
  };
}

function throwIfError(error: RemoteError | undefined): void {
  if (error) throw fromRemoteError(error);
}
