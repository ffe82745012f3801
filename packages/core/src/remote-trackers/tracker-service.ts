import { type Endpoint, expose } from "comlink";
import type { NativeMembers } from "../context/native-members.ts";
import type { FinishStatus } from "../tracker-contract/log-value.ts";
import type { RunEvent } from "../tracker-contract/tracker-event.ts";
import { TrackerHub } from "../trackers/hub/tracker-hub.ts";
import { type Backlog, BacklogReceiver } from "./backlog.ts";
import { membersOf } from "./native-members.ts";
import type { HostApi, NativeRun, Sent } from "./protocol.ts";
import { toRemoteError } from "./remote-error.ts";

/** The trackers that one replica runs on the host thread. */
export class TrackerService implements HostApi {
  readonly #hub: TrackerHub;
  readonly #backlog: BacklogReceiver;
  readonly #events = new Arrivals();
  #calls: readonly Arrivals[] = [];

  /** @param backlog shared with the replica: what it sent and this thread has not written. */
  constructor(warn: (message: string) => void, backlog: Backlog) {
    this.#backlog = new BacklogReceiver(backlog);
    this.#hub = new TrackerHub(warn, (isTaken) => {
      if (isTaken) this.#backlog.take();
      this.#backlog.give(this.#hub.unwritten);
    });
  }

  async startTrackers(
    ...[request, ports]: Parameters<HostApi["startTrackers"]>
  ): ReturnType<HostApi["startTrackers"]> {
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
      return { error: undefined, logOptionRules, members, run: this.#hub.run };
    } catch (error) {
      return { error: toRemoteError(error), logOptionRules: {}, members: [], run: undefined };
    }
  }

  /** Takes an event from the one-way port. */
  receive(event: RunEvent, weight: number): void {
    this.#hub.post(event);
    this.#events.count();
    this.#backlog.receive(weight);
    this.#backlog.give(this.#hub.unwritten);
  }

  async flushTrackers(sent: Sent): Promise<void> {
    await this.#arrival(sent);
    await this.#hub.flush();
  }

  async finishTrackers(status: FinishStatus, sent: Sent): ReturnType<HostApi["finishTrackers"]> {
    await this.#arrival(sent);
    try {
      await this.close(status);
      return undefined;
    } catch (error) {
      return toRemoteError(error);
    }
  }

  /** Closes the trackers that are still open, when the replica ended without closing them. */
  close(status: FinishStatus): Promise<void> {
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
  }
}

/** Counts the messages that arrive on a port, for code that must wait for all of them. */
class Arrivals {
  #count = 0;
  #awaited: { readonly count: number; readonly resolve: () => void }[] = [];

  count(): void {
    this.#count += 1;
    const due = this.#awaited.filter(({ count }) => this.#count >= count);
    this.#awaited = this.#awaited.filter((awaited) => !due.includes(awaited));
    for (const { resolve } of due) resolve();
  }

  /** Resolves once that many have arrived. */
  async reach(count: number): Promise<void> {
    if (this.#count >= count) return;
    await new Promise<void>((resolve) => this.#awaited.push({ count, resolve }));
  }
}
