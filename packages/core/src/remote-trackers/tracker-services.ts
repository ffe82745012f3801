import type { MonitorSources } from "../monitoring/monitor-sources.ts";
import type { FinishStatus } from "../tracker-contract/log-value.ts";
import type { HostApi, TrackerMessage } from "./protocol.ts";
import { TrackerService } from "./tracker-service.ts";

/** The trackers of all accelerators of another thread, such as a replica: a service for each that has not finished. */
export class TrackerServices implements HostApi {
  readonly #warn: (message: string) => void;
  readonly #sources: MonitorSources;
  readonly #services = new Map<number, TrackerService>();

  /** @param sources what can be observed of the replicas. */
  constructor(warn: (message: string) => void, sources: MonitorSources) {
    this.#warn = warn;
    this.#sources = sources;
  }

  startTrackers(
    ...[session, line, request, ports]: Parameters<HostApi["startTrackers"]>
  ): ReturnType<HostApi["startTrackers"]> {
    const service = new TrackerService(this.#warn, line, this.#sources);
    this.#services.set(session, service);
    return service.start(request, ports);
  }

  async flushTrackers(
    ...[session, sent]: Parameters<HostApi["flushTrackers"]>
  ): ReturnType<HostApi["flushTrackers"]> {
    await this.#services.get(session)?.flush(sent);
  }

  async finishTrackers(
    ...[session, status, sent]: Parameters<HostApi["finishTrackers"]>
  ): ReturnType<HostApi["finishTrackers"]> {
    const fault = await this.#services.get(session)?.finish(status, sent);
    this.#services.delete(session);
    return fault;
  }

  /** Takes a message from the one-way port. */
  receive({ session, message }: TrackerMessage): void {
    this.#services.get(session)?.receive(message);
  }

  /** Flushes to the disk what has arrived. */
  async flushArrived(): Promise<void> {
    await this.#each((service) => service.flushArrived());
  }

  /** Closes the trackers that are still open, when the other thread has ended without closing them. */
  async close(status: FinishStatus): Promise<void> {
    await this.#each((service) => service.close(status));
  }

  async #each(call: (service: TrackerService) => Promise<void>): Promise<void> {
    await Promise.all([...this.#services.values()].map(call));
  }
}
