import { MessageChannel, type MessagePort } from "node:worker_threads";
import { transfer, wrap } from "comlink";
import type { RemoteHub } from "../context/remote-hub.ts";
import { CallPort } from "./call-port.ts";
import type { EventSender } from "./event-sender.ts";
import type { HostApi, NativeRun, RemoteError, Sent } from "./protocol.ts";
import { fromRemoteError } from "./remote-error.ts";
import { unseededProxy } from "./unseeded-proxy.ts";

/**
 * The trackers of another thread.
 *
 * @param events where events go, one way.
 * @param calls port on which the other thread serves a `HostApi`.
 */
export function connectTrackers(events: EventSender, calls: MessagePort): RemoteHub {
  const host = unseededProxy(wrap<HostApi>(new CallPort(calls).endpoint));
  let natives: readonly CallPort[] = [];
  const sent = (): Sent => ({ events: events.sent, calls: natives.map((native) => native.sent) });
  return {
    async start(request) {
      const channels = request.sources.map(() => new MessageChannel());
      const ports = channels.map(({ port2 }) => port2);
      const { error, logOptionRules, members, run } = await host.startTrackers(
        request,
        transfer(ports, ports),
      );
      throwIfError(error);
      natives = channels.map(({ port1 }) => new CallPort(port1));
      return {
        natives: natives.map(({ endpoint }) => unseededProxy(wrap<NativeRun>(endpoint)).native),
        ...{ members, logOptionRules, run },
        post: (event, bytes) => events.post(event, bytes),
        flush: () => host.flushTrackers(sent()),
        async finish(status) {
          throwIfError(await host.finishTrackers(status, sent()));
        },
      };
    },
  };
}

function throwIfError(error: RemoteError | undefined): void {
  if (error) throw fromRemoteError(error);
}
