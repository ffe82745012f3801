import type { PostedEvent } from "../tracker-contract/tracker-event.ts";

/** Names beyond these go as texts in messages: a script that makes up names must not fill the memory of two threads. */
const MOST_NAMES = 4096;
/** An event with more is no loop's, or it is one for which a message is cheap. */
const MOST_PER_EVENT = 256;

/**
 * Numbers for the names of values. Both threads are told of the same events in the same order, so both have the same numbers.
 */
export class NameTable {
  readonly #ids = new Map<string, number>();
  readonly #names: string[] = [];

  /** Gives a number to each name of the event that has none. */
  learn(event: PostedEvent): void {
    if (event.type !== "metrics") return;
    const names = Object.keys(event.values);
    if (names.length > MOST_PER_EVENT) return;
    for (const name of names) {
      // Assigning to `__proto__` would change the prototype.
      if (this.#ids.has(name) || name === "__proto__") continue;
      if (this.#names.length >= MOST_NAMES) return;
      this.#ids.set(name, this.#names.push(name) - 1);
    }
  }

  idOf(name: string): number | undefined {
    return this.#ids.get(name);
  }

  nameOf(id: number): string {
    return this.#names[id] as string;
  }
}
