/** Runs tasks beside the caller, a few at once, in turn. */
export class Lanes {
  readonly #lanes: Promise<void>[];
  readonly #faults: unknown[] = [];
  #next = 0;

  constructor(count: number) {
    this.#lanes = Array.from({ length: count }, () => Promise.resolve());
  }

  /** The task runs as soon as its lane is free, also after a fault of another one. */
  add(task: () => Promise<void>): void {
    const lane = this.#next;
    this.#next = (lane + 1) % this.#lanes.length;
    this.#lanes[lane] = (this.#lanes[lane] as Promise<void>).then(task).catch((error) => {
      this.#faults.push(error);
    });
  }

  /** Waits for all. @throws the first fault. */
  async end(): Promise<void> {
    await Promise.all(this.#lanes);
    if (this.#faults.length > 0) throw this.#faults[0];
  }
}
