export type HeartbeatOptions = {
  readonly everyMs: number;
  /** Tells the service that the run is alive. A failure is ignored: the next delivery meets the same failure. */
  readonly beat: () => Promise<unknown>;
  /**
   * When the service last heard of the run, in milliseconds since 1970. A service that has just received something
   * needs no heartbeat.
   */
  readonly lastSentMs?: () => number;
};

/** Tells a service from time to time that the run is alive. It does not keep the process alive. */
export class Heartbeat {
  #timer: NodeJS.Timeout | undefined;

  get isRunning(): boolean {
    return this.#timer !== undefined;
  }

  /** Starts, in place of an earlier heartbeat. */
  start({ everyMs, beat, lastSentMs = () => 0 }: HeartbeatOptions): void {
    this.stop();
    let lastBeatMs = 0;
    this.#timer = setInterval(() => {
      const silentMs = Date.now() - Math.max(lastSentMs(), lastBeatMs);
      if (silentMs < everyMs * 0.9) return;
      lastBeatMs = Date.now();
      beat().catch(() => {});
    }, everyMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
