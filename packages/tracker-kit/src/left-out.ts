import { AcceleratorError } from "@acc/core/tracker";

/**
 * Says that a value is not recorded.
 *
 * @param what the key and the kind of value, such as `"notes (list of 3)"`.
 * @param advice what the user can do about it.
 */
export type LeaveOut = (what: string, advice: string) => void;

/** Counts what a service cannot hold. The first value of each kind is reported at once, the counts at the end. */
export class LeftOut {
  readonly #service: string;
  readonly #warn: (message: string) => void;
  readonly #counts = new Map<string, number>();

  /** @param service its name in messages, such as `"MLflow"`. */
  constructor(service: string, warn: (message: string) => void) {
    this.#service = service;
    this.#warn = warn;
  }

  add(what: string, advice: string): void {
    const count = this.#counts.get(what) ?? 0;
    this.#counts.set(what, count + 1);
    if (count === 0) this.#warn(`${this.#service} cannot hold ${what}: ${advice}`);
  }

  /** Reports how often each was left out, if anything was. */
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
  if (typeof value !== "object") return typeof value;
  // Asked of the prototype: a value may have a member `constructor` of its own.
  return Object.getPrototypeOf(value)?.constructor?.name ?? "object";
}

/**
 * What `encode` returns. A value that it refuses is left out, so that it does not keep others from being recorded.
 *
 * @returns undefined if it is left out.
 */
export function encodedOrLeftOut<T>(
  what: string,
  leaveOut: LeaveOut,
  encode: () => T,
): T | undefined {
  try {
    return encode();
  } catch (error) {
    if (!(error instanceof AcceleratorError)) throw error;
    leaveOut(what, error.message);
    return undefined;
  }
}
