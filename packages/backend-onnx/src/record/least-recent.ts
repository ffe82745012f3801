/** A map that forgets what was not used for long. */
export class LeastRecent<K, T> {
  readonly #capacity: number;
  readonly #release: ((item: T) => void) | undefined;
  /** The least recently used first. */
  readonly #items = new Map<K, T>();

  /** @param release is told of every item that is forgotten. */
  constructor(capacity: number, release?: (item: T) => void) {
    this.#capacity = capacity;
    this.#release = release;
  }

  get(key: K): T | undefined {
    return this.#items.get(key);
  }

  /** Keeps an item, or keeps it for longer: it is now the one used last. */
  set(key: K, item: T): void {
    this.#items.delete(key);
    this.#items.set(key, item);
    if (this.#items.size > this.#capacity) this.#forgetOldest();
  }

  clear(): void {
    if (this.#release) for (const item of this.#items.values()) this.#release(item);
    this.#items.clear();
  }

  #forgetOldest(): void {
    for (const [key, item] of this.#items) {
      this.#items.delete(key);
      this.#release?.(item);
      return;
    }
  }
}
