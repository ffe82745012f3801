/** Counts what arrives, for code that must wait for all of it. */
export class Arrivals {
  #count = 0;
  #awaited: { readonly count: number; readonly resolve: () => void }[] = [];

  count(): void {
    this.#count += 1;
    if (this.#awaited.length === 0) return;
    const due = this.#awaited.filter(({ count }) => this.#count >= count);
    this.#awaited = this.#awaited.filter((awaited) => !due.includes(awaited));
    for (const { resolve } of due) resolve();
  }

  /** Resolves once that many have arrived. */
  async reach(count: number): Promise<void> {
    if (this.#count >= count) return;
    await new Promise<void>((resolve) => this.#awaited.push({ count, resolve }));
  }
}
