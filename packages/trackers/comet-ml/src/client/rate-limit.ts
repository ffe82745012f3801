import { setTimeout as sleep } from "node:timers/promises";

/** Limits the units within any period of a given length. */
export class RateLimit {
  readonly #limit: number;
  readonly #windowMs: number;
  /** Units of the last window, oldest first. */
  #passed: { readonly atMs: number; readonly units: number }[] = [];

  constructor(limit: number, windowMs: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  /** Resolves when `units` may pass; more than the limit at once pass alone. Rejects when the signal aborts. */
  async take(units: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const now = performance.now();
      this.#passed = this.#passed.filter(({ atMs }) => now - atMs < this.#windowMs);
      const used = this.#passed.reduce((sum, entry) => sum + entry.units, 0);
      const oldest = this.#passed[0];
      if (oldest === undefined || used + units <= this.#limit) break;
      await sleep(Math.ceil(oldest.atMs + this.#windowMs - now), undefined, { signal });
    }
    this.#passed.push({ atMs: performance.now(), units });
  }
}
