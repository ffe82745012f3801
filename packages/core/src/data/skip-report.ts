const FIRST_MS = 2000;
const EVERY_MS = 10_000;

/** Says how far the reading of skipped samples has come, if it takes more than two seconds. */
export class SkipReport {
  readonly #total: number;
  readonly #began = performance.now();
  #due = this.#began + FIRST_MS;
  #hasSpoken = false;

  constructor(total: number) {
    this.#total = total;
  }

  /** @param count samples that have been read. */
  skipped(count: number): void {
    const now = performance.now();
    if (now < this.#due) return;
    this.#due = now + EVERY_MS;
    this.#hasSpoken = true;
    this.#say(`${count} of ${this.#total} samples skipped so far`);
  }

  end(): void {
    const seconds = ((performance.now() - this.#began) / 1000).toFixed(1);
    if (this.#hasSpoken) this.#say(`all ${this.#total} samples skipped in ${seconds} s`);
  }

  #say(text: string): void {
    console.warn(`Data loader: this stream is read to where it stopped: ${text}.`);
  }
}
