/** The server takes a run that is silent for some minutes for crashed. */
const INTERVAL_MS = 30_000;

/** Signs of life while a run is open. They never keep the process alive. */
export class Heartbeat {
  readonly #intervalMs: number;
  #timer: NodeJS.Timeout | undefined;
  #lastMs = 0;

  constructor(intervalMs: number = INTERVAL_MS) {
    this.#intervalMs = intervalMs;
  }

  /**
   * @param lastSentMs when the run was last heard of, in milliseconds since 1970: a busy run needs no sign.
   * @param beat its failures are of no interest: the next delivery meets them.
   */
  start(lastSentMs: () => number, beat: () => Promise<void>): void {
    if (this.#timer) return;
    this.#timer = setInterval(() => {
      const silent = Date.now() - Math.max(lastSentMs(), this.#lastMs);
      if (silent < this.#intervalMs * 0.9) return;
      this.#lastMs = Date.now(); // one that hangs is not joined by others
      beat().catch(() => {});
    }, this.#intervalMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
