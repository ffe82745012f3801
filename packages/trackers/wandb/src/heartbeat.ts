/** The server takes a run that is silent for some minutes for crashed. */
const INTERVAL_MS = 30_000;

/** Calls `beat` while a run is open. Never keeps the process alive. */
export class Heartbeat {
  #timer: NodeJS.Timeout | undefined;

  /** @param beat its failures are of no interest: the next delivery meets them. */
  start(beat: () => Promise<void>): void {
    if (this.#timer) return;
    this.#timer = setInterval(() => {
      beat().catch(() => {});
    }, INTERVAL_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** Whether it is time for a sign of life. */
export function isSilent(lastSentMs: number): boolean {
  return Date.now() - lastSentMs >= INTERVAL_MS - 1000;
}
