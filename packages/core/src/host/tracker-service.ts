import { type Endpoint, expose } from "comlink";
import { createTrackers } from "../trackers/create-trackers.ts";
import type { FinishStatus } from "../trackers/log-value.ts";
import type { TrackerEvent } from "../trackers/tracker-event.ts";
import { TrackerHub } from "../trackers/tracker-hub.ts";
import { createRun } from "../trackers/tracker-run.ts";
import type { HostApi, NativeRun } from "../worker/protocol.ts";
import { toRemoteError } from "../worker/remote-error.ts";

/** The trackers that one replica runs on the host thread. */
export class TrackerService implements HostApi {
  readonly #hub: TrackerHub;
  #received = 0;
  #awaited: { readonly count: number; readonly resolve: () => void } | undefined;

  constructor(warn: (message: string) => void) {
    this.#hub = new TrackerHub(warn);
  }

  async startTrackers(
    ...[request, config, strict, ports]: Parameters<HostApi["startTrackers"]>
  ): ReturnType<HostApi["startTrackers"]> {
    try {
      const trackers = await createTrackers(request, (name) => createRun(name, request.loggingDir));
      for (const [index, tracker] of trackers.entries()) {
        const run: NativeRun = {
          get native() {
            return tracker.tracker;
          },
        };
        const port = ports[index];
        if (!port) continue;
        expose(run, port as unknown as Endpoint);
        port.unref();
      }
      await this.#hub.start(trackers, config, strict);
      return undefined;
    } catch (error) {
      return toRemoteError(error);
    }
  }

  /** Takes an event from the one-way port. */
  receive(event: TrackerEvent): void {
    this.#hub.post(event);
    this.#received += 1;
    if (this.#awaited && this.#received >= this.#awaited.count) this.#awaited.resolve();
  }

  async finishTrackers(
    status: FinishStatus,
    events: number,
  ): ReturnType<HostApi["finishTrackers"]> {
    // Calls and events travel on two ports: some events may still be on their way.
    if (this.#received < events) {
      await new Promise<void>((resolve) => {
        this.#awaited = { count: events, resolve };
      });
    }
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
}
