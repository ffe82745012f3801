import { type Endpoint, expose } from "comlink";
import type { FinishStatus } from "../trackers/log-value.ts";
import type { TrackerEvent } from "../trackers/tracker-event.ts";
import { TrackerHub } from "../trackers/tracker-hub.ts";
import type { HostApi, NativeRun } from "../worker/protocol.ts";
import { toRemoteError } from "../worker/remote-error.ts";

/** The trackers that one replica runs on the host thread. */
export class TrackerService implements HostApi {
  readonly #hub: TrackerHub;
  #received = 0;
  #awaited: { readonly count: number; readonly resolve: () => void }[] = [];

  constructor(warn: (message: string) => void) {
    this.#hub = new TrackerHub(warn);
  }

  async startTrackers(
    ...[request, ports]: Parameters<HostApi["startTrackers"]>
  ): ReturnType<HostApi["startTrackers"]> {
    try {
      await this.#hub.open(request, { instances: [], journaled: true });
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
    this.#received += 1;
    const due = this.#awaited.filter(({ count }) => this.#received >= count);
    this.#awaited = this.#awaited.filter((awaited) => !due.includes(awaited));
    for (const { resolve } of due) resolve();
  }

  async syncTrackers(events: number): Promise<void> {
    await this.#arrival(events);
    await this.#hub.sync();
  }

  async finishTrackers(
    status: FinishStatus,
    events: number,
  ): ReturnType<HostApi["finishTrackers"]> {
    await this.#arrival(events);
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

  /** Calls and events travel on two ports: some events may still be on their way. */
  async #arrival(count: number): Promise<void> {
    if (this.#received >= count) return;
    await new Promise<void>((resolve) => this.#awaited.push({ count, resolve }));
  }
}
