/** Something that a script wrote: whole lines or not. */
export type Written = {
  readonly stream: "stdout" | "stderr";
  readonly text: string;
  /** Absent if the run has one replica. */
  readonly rank?: number;
};

/** What the scripts of this process write, for those who listen. */
export class ConsoleFeed {
  readonly #listeners = new Set<(written: Written) => void>();

  write(written: Written): void {
    for (const listener of this.#listeners) listener(written);
  }

  /** @returns what ends it. */
  listen(listener: (written: Written) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
