import { MessageChannel, type MessagePort } from "node:worker_threads";
import { transfer, wrap } from "comlink";
import type { RemoteHub } from "../context/remote-hub.ts";
import { CallPort } from "./call-port.ts";
import { createEventLine } from "./event-line.ts";
import { EventSender } from "./event-sender.ts";
import type { HostApi, NativeRun, RemoteError, Sent, TrackerMessage } from "./protocol.ts";
import { fromRemoteError } from "./remote-error.ts";
import { unseededProxy } from "./unseeded-proxy.ts";

/** The trackers of another thread, and whether it lives. */
export type ConnectedHub = RemoteHub & {
  /** How often the other thread has come forward in the sessions that are open. */
  readonly progress: number;
};

/**
 * The trackers of another thread. Accelerators that are open at the same time have a session each.
 *
 * @param send where messages go, one way.
 * @param calls port on which the other thread serves a `HostApi`.
 * @param onListening called if what this thread prints is to be recorded.
 */
export function connectTrackers(
  send: (message: TrackerMessage) => void,
  calls: MessagePort,
  onListening: () => void = () => {},
): ConnectedHub {
  const host = unseededProxy(wrap<HostApi>(new CallPort(calls).endpoint));
  const open = new Set<EventSender>();
  let sessions = 0;
  return {
    get progress() {
      return [...open].reduce((sum, { progress }) => sum + progress, 0);
    },
    async start(request) {
      const session = sessions++;
      const line = createEventLine();
      const channels = request.sources.map(() => new MessageChannel());
      const ports = channels.map(({ port2 }) => port2);
      const { error, logOptionRules, members, run, isListening } = await host.startTrackers(
        ...([session, line, request, transfer(ports, ports)] as const),
      );
      throwIfError(error);
      if (isListening) onListening();
      const events = new EventSender(line, (message) => send({ session, message }));
      open.add(events);
      const natives = channels.map(({ port1 }) => new CallPort(port1));
      const sent = (): Sent => ({
        events: events.sent,
        calls: natives.map((native) => native.sent),
      });
      return {
        natives: natives.map(({ endpoint }) => unseededProxy(wrap<NativeRun>(endpoint)).native),
        ...{ members, logOptionRules, run },
        post: (event, bytes) => events.post(event, bytes),
        flush: () => host.flushTrackers(session, sent()),
        async finish(status) {
          try {
            throwIfError(await host.finishTrackers(session, status, sent()));
          } finally {
            open.delete(events);
          }
        },
      };
    },
  };
}

function throwIfError(error: RemoteError | undefined): void {
  if (error) throw fromRemoteError(error);
}
