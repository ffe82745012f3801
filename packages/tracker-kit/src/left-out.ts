/**
 * Counts what a tracker's service cannot hold. The first time something is left out it is said once per key and
 * kind; the counts are said at the end. Nothing is dropped in silence.
 */
export class LeftOut {
  readonly #service: string;
  readonly #warn: (message: string) => void;
  readonly #counts = new Map<string, number>();

  /** @param service its name in messages, such as `"MLflow"`. */
  constructor(service: string, warn: (message: string) => void) {
    this.#service = service;
    this.#warn = warn;
  }

  /** @param what the key and the kind of value, such as `"notes (list of 3)"`. */
  add(what: string, advice: string): void {
    const count = this.#counts.get(what) ?? 0;
    this.#counts.set(what, count + 1);
    if (count === 0) this.#warn(`${this.#service} cannot hold ${what}: ${advice}`);
  }

  /** Says how often each was left out, if anything was. */
  report(): void {
    if (this.#counts.size === 0) return;
    const counts = [...this.#counts].map(([what, count]) => `${what} ${count} times`).join(", ");
    this.#warn(`${this.#service} could not hold these values, which were left out: ${counts}.`);
    this.#counts.clear();
  }
}

/** What a value is, for a message. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `list of ${value.length}`;
  return typeof value === "object" ? value.constructor.name : typeof value;
}
