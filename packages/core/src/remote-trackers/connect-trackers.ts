import { MessageChannel, type MessagePort } from "node:worker_threads";
import { transfer, wrap } from "comlink";
import type { RemoteHub } from "../context/remote-hub.ts";
import { weightOf } from "../journal/unwritten.ts";
import type { RunEvent } from "../tracker-contract/tracker-event.ts";
import type { BacklogSender } from "./backlog.ts";
import { CallPort } from "./call-port.ts";
import type { HostApi, NativeRun, RemoteError, Sent } from "./protocol.ts";
import { fromRemoteError } from "./remote-error.ts";
import { unseededProxy } from "./unseeded-proxy.ts";

/**
 * The trackers of another thread.
 *
 * @param send sends an event one way.
 * @param backlog waits before an event for which the other thread has no place.
 * @param calls port on which the other thread serves a `HostApi`.
 */
export function connectTrackers(
  send: (event: RunEvent, weight: number) => void,
  backlog: BacklogSender,
  calls: MessagePort,
): RemoteHub {
  const host = unseededProxy(wrap<HostApi>(new CallPort(calls).endpoint));
  let events = 0;
  let natives: readonly CallPort[] = [];
  const sent = (): Sent => ({ events, calls: natives.map((native) => native.sent) });
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
        post(event, bytes) {
          const weight = weightOf(bytes);
          backlog.add(weight);
          events += 1;
          send(event, weight);
        },
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
