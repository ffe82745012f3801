import { setImmediate as nextTurn } from "node:timers/promises";
import type { MessagePort } from "node:worker_threads";
import { type Endpoint, expose } from "comlink";
import type { NativeMembers } from "../context/native-members.ts";
import type { TrackerRequest } from "../context/tracker-request.ts";
import type { MonitorSources } from "../monitoring/monitor-sources.ts";
import type { FinishStatus } from "../tracker-contract/log-value.ts";
import { TrackerHub } from "../trackers/hub/tracker-hub.ts";
import { Arrivals } from "./arrivals.ts";
import type { EventLine, LineMessage } from "./event-line.ts";
import { EventReceiver } from "./event-receiver.ts";
import { membersOf } from "./native-members.ts";
import type { NativeRun, RemoteError, Sent, StartAnswer } from "./protocol.ts";
import { toRemoteError } from "./remote-error.ts";
import { keepThrownCodes } from "./thrown-codes.ts";

keepThrownCodes();

/** The trackers of one accelerator of another thread. */
export class TrackerService {
  readonly #hub: TrackerHub;
  readonly #events: EventReceiver;
  #calls: readonly Arrivals[] = [];

  /**
   * @param line shared with that thread: the events of the accelerator.
   * @param sources what can be observed of the replicas.
   */
  constructor(warn: (message: string) => void, line: EventLine, sources: MonitorSources) {
    this.#hub = new TrackerHub(warn, (isTaken) => this.#events.written(isTaken), sources);
    this.#events = new EventReceiver(line, {
      take: (event) => this.#hub.post(event),
      unwritten: () => this.#hub.unwritten,
    });
  }

  async start(request: TrackerRequest, ports: readonly MessagePort[]): Promise<StartAnswer> {
    try {
      const logOptionRules = await this.#hub.open(request, { instances: [], journaled: true });
      this.#calls = ports.map(() => new Arrivals());
      for (const [index, { name }] of request.sources.entries()) {
        const port = ports[index];
        const tracker = this.#hub.find(name);
        if (!port || !tracker) continue;
        const run: NativeRun = {
          get native() {
            return tracker.tracker;
          },
        };
        expose(run, port as unknown as Endpoint);
        // Added after the listener of comlink, which has made the call by then.
        port.on("message", () => this.#calls[index]?.count());
        port.unref();
      }
      const members = request.sources.map(({ name }) => this.#membersOf(name));
      const { run, isListening } = this.#hub;
      return { error: undefined, logOptionRules, members, run, isListening };
    } catch (error) {
      const nothing = { logOptionRules: {}, members: [], run: undefined, isListening: false };
      return { error: toRemoteError(error), ...nothing };
    }
  }

  /** Takes a message from the one-way port. */
  receive(message: LineMessage): void {
    this.#events.receive(message);
  }

  /** Flushes to the disk what has arrived. */
  async flushArrived(): Promise<void> {
    this.#events.look();
    await this.#hub.flush();
  }

  async flush(sent: Sent): Promise<void> {
    await this.#arrival(sent);
    await this.#hub.flush();
  }

  async finish(status: FinishStatus, sent: Sent): Promise<RemoteError | undefined> {
    await this.#arrival(sent);
    try {
      await this.close(status);
      return undefined;
    } catch (error) {
      return toRemoteError(error);
    }
  }

  /** Closes the trackers, also where the other thread has ended without doing so. A second call does nothing. */
  close(status: FinishStatus): Promise<void> {
    this.#events.look();
    return this.#hub.finish(status);
  }

  #membersOf(name: string): NativeMembers | undefined {
    try {
      return membersOf(this.#hub.find(name)?.tracker);
    } catch {
      return undefined; // it could not be started
    }
  }

  /** Events and calls have ports of their own: messages sent before this call may not have arrived yet. */
  async #arrival({ events, calls }: Sent): Promise<void> {
    await this.#events.reach(events);
    await Promise.all(calls.map((count, index) => this.#calls[index]?.reach(count)));
    await nextTurn(); // what was printed before has a port of its own too, and is handled by then
  }
}
