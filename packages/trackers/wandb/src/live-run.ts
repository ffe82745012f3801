import type { TrackerRun } from "@acc/core/tracker";
import { Heartbeat, waitUntil } from "@acc/tracker-kit";
import type { OnlineSink } from "./online-sink.ts";
import type { WandbOptions } from "./options.ts";

/** Fewer events than this wait for more, so that a fast loop does not reach the server's limit of requests. */
const SMALL_DELIVERY = 100;
const DEFAULT_INTERVAL_MS = 1000;
const BEAT_TIMEOUT_MS = 20_000;
/** The server marks a run as crashed after some minutes without a request. */
const HEARTBEAT_MS = 30_000;

/** The times of requests of a run at the server: not too often, and a heartbeat while nothing is logged. */
export class LiveRun {
  readonly #online: OnlineSink;
  readonly #run: TrackerRun;
  readonly #intervalMs: number;
  readonly #heartbeat = new Heartbeat();

  constructor(online: OnlineSink, run: TrackerRun, options: WandbOptions) {
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
    const last = this.#online.stream?.lastSentMs;
    if (last === undefined || events >= SMALL_DELIVERY) return;
    await waitUntil(last + this.#intervalMs, "The delivery to W&B", signal);
  }

  /** Call it after each delivery. A run of another process gets no heartbeat, because that process has ended. */
  delivered(): void {
    this.#warnIfStopped();
    const { stream } = this.#online;
    if (!stream || this.#run.isReplay) return;
    if (this.#heartbeat.isRunning) return;
    this.#heartbeat.start({
      everyMs: HEARTBEAT_MS,
      lastSentMs: () => stream.lastSentMs,
      beat: async () => {
        await stream.beat(AbortSignal.timeout(BEAT_TIMEOUT_MS));
        this.#warnIfStopped();
      },
    });
  }

  stop(): void {
    this.#heartbeat.stop();
  }

  #warnIfStopped(): void {
    const { stream, url } = this.#online;
    if (!stream?.isStopped) return;
    this.#run.warn(`The W&B run ${url} was stopped in the browser; training goes on.`);
  }
}
