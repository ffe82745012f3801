/** How much of the past counts: a loop that becomes faster, such as behind the compilation of its first step, shows it soon. */
const MEMORY_MS = 5_000;

/** Items per second of late, from their number at some moments. */
export class Rate {
  #items = 0;
  #atMs: number;
  #sum = 0;
  #weight = 0;

  constructor(startedMs: number) {
    this.#atMs = startedMs;
  }

  /** So many items were done at this moment. @returns items per second. */
  at(items: number, nowMs: number): number {
    const elapsed = nowMs - this.#atMs;
    if (elapsed > 0 && items !== this.#items) {
      const kept = Math.exp(-elapsed / MEMORY_MS);
      const now = ((items - this.#items) / elapsed) * 1000;
      this.#sum = this.#sum * kept + now * (1 - kept);
      // The weights of what was seen so far: without it the first rates would be too low.
      this.#weight = this.#weight * kept + (1 - kept);
      this.#items = items;
      this.#atMs = nowMs;
    }
    return this.#weight > 0 ? this.#sum / this.#weight : 0;
  }
}
