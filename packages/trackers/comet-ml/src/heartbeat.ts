/** Tells the service from time to time that the run lives. A beat that gets lost does no harm. */
export class Heartbeat {
  readonly #beat: () => Promise<unknown>;
  #timer: NodeJS.Timeout | undefined;

  constructor(beat: () => Promise<unknown>) {
    this.#beat = beat;
  }

  start(everyMs: number): void {
    this.stop();
    this.#timer = setInterval(() => {
      this.#beat().catch(() => {});
    }, everyMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
