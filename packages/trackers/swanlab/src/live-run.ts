import type { TrackerRun } from "@acc/core/tracker";
import { Heartbeat, waitUntil } from "@acc/tracker-kit";
import type { OnlineSink } from "./online-sink.ts";
import type { SwanLabOptions } from "./options.ts";

/** Fewer events than this wait for more, so that a fast loop does not reach the service's limit of requests. */
const SMALL_DELIVERY = 1000;
/** As often as SwanLab's own client sends. */
const DEFAULT_INTERVAL_MS = 1500;
const BEAT_TIMEOUT_MS = 20_000;
const HEARTBEAT_MS = 10 * 60_000;

/** The times of requests of a run at the service: not too often, and a heartbeat. */
export class LiveRun {
  readonly #online: OnlineSink;
  readonly #run: TrackerRun;
  readonly #intervalMs: number;
  readonly #heartbeat = new Heartbeat();

  constructor(online: OnlineSink, run: TrackerRun, options: SwanLabOptions) {
    this.#online = online;
    this.#run = run;
    this.#intervalMs = options.transmitIntervalMs ?? DEFAULT_INTERVAL_MS;
  }

  /**
   * Waits until the next delivery is due.
   *
   * @throws {TrackerUnreachableError} if the signal aborts.
   */
  async pace(events: number, signal: AbortSignal): Promise<void> {
    if (events >= SMALL_DELIVERY) return;
    await waitUntil(this.#online.lastSentMs + this.#intervalMs, "The delivery to SwanLab", signal);
  }

  /** Call it after each delivery. A run of another process gets no heartbeat, because that process has ended. */
  delivered(): void {
    if (this.#run.isReplay || this.#heartbeat.isRunning) return;
    const beat = () => this.#online.beat(AbortSignal.timeout(BEAT_TIMEOUT_MS));
    this.#heartbeat.start({ everyMs: HEARTBEAT_MS, beat });
  }

  stop(): void {
    this.#heartbeat.stop();
  }
}
