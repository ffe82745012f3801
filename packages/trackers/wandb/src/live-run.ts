import { setTimeout as sleep } from "node:timers/promises";
import { type TrackerRun, TrackerUnreachableError } from "@acc/core";
import { Heartbeat } from "./heartbeat.ts";
import type { OnlineRun } from "./online-run.ts";
import type { WandbOptions } from "./wandb-options.ts";

/** Fewer events than this wait for more of them, so that a fast loop does not meet the server's limit of requests. */
const SMALL_DELIVERY = 100;
const DEFAULT_INTERVAL_MS = 1000;
const BEAT_TIMEOUT_MS = 20_000;

/** What a run at the server needs in time: requests not too often, signs of life not too seldom. */
export class LiveRun {
  readonly #online: OnlineRun;
  readonly #run: TrackerRun;
  readonly #intervalMs: number;
  readonly #heartbeat = new Heartbeat();

  constructor(online: OnlineRun, run: TrackerRun, options: WandbOptions) {
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
    const wait = last + this.#intervalMs - Date.now();
    if (wait <= 0) return;
    try {
      await sleep(wait, undefined, { signal });
    } catch (cause) {
      throw new TrackerUnreachableError("The delivery to W&B was given up.", { cause });
    }
  }

  /** After each delivery. A run of another process gets no signs of life: that process is dead. */
  delivered(): void {
    this.#warnIfStopped();
    const { stream } = this.#online;
    if (!stream || this.#run.isReplay) return;
    this.#heartbeat.start(
      () => stream.lastSentMs,
      async () => {
        await stream.beat(AbortSignal.timeout(BEAT_TIMEOUT_MS));
        this.#warnIfStopped();
      },
    );
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
