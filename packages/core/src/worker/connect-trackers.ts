import { MessageChannel, type MessagePort } from "node:worker_threads";
import { type Endpoint, transfer, wrap } from "comlink";
import type { RemoteHub } from "../trackers/remote-hub.ts";
import type { TrackerEvent } from "../trackers/tracker-event.ts";
import { NativePort } from "./native-port.ts";
import type { HostApi, NativeRun, RemoteError, Sent } from "./protocol.ts";
import { fromRemoteError } from "./remote-error.ts";

/**
 * The trackers of another thread.
 *
 * @param send sends an event one way, without waiting.
 * @param calls port on which the other thread serves a `HostApi`.
 */
export function connectTrackers(
  send: (event: TrackerEvent) => void,
  calls: MessagePort,
): RemoteHub {
  const host = wrap<HostApi>(calls as unknown as Endpoint);
  calls.unref(); // something else keeps this thread alive while the script runs
  let events = 0;
  let natives: readonly NativePort[] = [];
  const sent = (): Sent => ({ events, calls: natives.map((native) => native.sent) });
  return {
    post(event) {
      events += 1;
      send(event);
    },
    async start(request) {
      const channels = request.sources.map(() => new MessageChannel());
      const ports = channels.map(({ port2 }) => port2);
      throwIfError(await host.startTrackers(request, transfer(ports, ports)));
      natives = channels.map(({ port1 }) => new NativePort(port1));
      return natives.map(({ endpoint }) => wrap<NativeRun>(endpoint).native);
    },
    async sync() {
      await host.syncTrackers(sent());
    },
    async finish(status) {
      throwIfError(await host.finishTrackers(status, sent()));
    },
  };
}

function throwIfError(error: RemoteError | undefined): void {
  if (error) throw fromRemoteError(error);
}
