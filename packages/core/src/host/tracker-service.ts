import { type Endpoint, expose } from "comlink";
import type { FinishStatus } from "../trackers/log-value.ts";
import type { TrackerEvent } from "../trackers/tracker-event.ts";
import { TrackerHub } from "../trackers/tracker-hub.ts";
import type { HostApi, NativeRun, Sent } from "../worker/protocol.ts";
import { toRemoteError } from "../worker/remote-error.ts";
import { Arrivals } from "./arrivals.ts";

/** The trackers that one replica runs on the host thread. */
export class TrackerService implements HostApi {
  readonly #hub: TrackerHub;
  readonly #events = new Arrivals();
  #calls: readonly Arrivals[] = [];

  constructor(warn: (message: string) => void) {
    this.#hub = new TrackerHub(warn);
  }

  async startTrackers(
    ...[request, ports]: Parameters<HostApi["startTrackers"]>
  ): ReturnType<HostApi["startTrackers"]> {
    try {
      await this.#hub.open(request, { instances: [], journaled: true });
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
        port.on("message", () => this.#calls[index]?.count()); // behind comlink, which has made the call by then
        port.unref();
      }
      return undefined;
    } catch (error) {
      return toRemoteError(error);
    }
  }

  /** Takes an event from the one-way port. */
  receive(event: TrackerEvent): void {
    this.#hub.post(event);
    this.#events.count();
  }

  async syncTrackers(sent: Sent): Promise<void> {
    await this.#arrival(sent);
    await this.#hub.sync();
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

  /** Closes what is still open: of a replica that ended without saying so. */
  close(status: FinishStatus): Promise<void> {
    return this.#hub.finish(status);
  }

  /** Everything travels on ports of its own: some of what was sent before may still be on its way. */
  async #arrival({ events, calls }: Sent): Promise<void> {
    await this.#events.reach(events);
    await Promise.all(calls.map((count, index) => this.#calls[index]?.reach(count)));
  }
}
