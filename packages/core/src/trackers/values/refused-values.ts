import type { Refuse } from "./plain-copy.ts";

const MAX_PATH = 200;
/** More warnings than a person reads: a loop that makes up names must not fill the memory. */
const MAX_WARNINGS = 100;

/** Says once for each value that cannot be logged that it is left out, and why. */
export class RefusedValues {
  readonly #warn: (message: string) => void;
  readonly #said = new Set<string>();

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  /** @param call where the value was given, such as `"log"`. */
  of(call: string): Refuse {
    return (path, reason) => {
      const name = path.length <= MAX_PATH ? path : `${path.slice(0, MAX_PATH)}…`;
      const message = `${call}: the value "${name}" is left out: ${reason}.`;
      if (this.#said.has(message) || this.#said.size >= MAX_WARNINGS) return;
      this.#said.add(message);
      this.#warn(message);
    };
  }
}
