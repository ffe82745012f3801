import { AcceleratorError } from "../errors.ts";

/** Calls that must not overlap, in the order in which they were made: a script may begin one without waiting for the one before. */
export class CallQueue {
  #last: Promise<unknown> = Promise.resolve();
  /** What of the script's own is running inside a call. */
  #callback: string | undefined;

  /**
   * Runs `call` when those before it are over, however they ended.
   *
   * @param name of the call, if the script makes it; undefined if it is made by itself, which is never inside a `callback`.
   * @throws {AcceleratorError} `CHECKPOINT_BUSY` inside a `callback`: the two would wait for each other.
   */
  async run<T>(name: string | undefined, call: () => Promise<T>): Promise<T> {
    if (this.#callback !== undefined && name !== undefined) {
      throw new AcceleratorError(
        "CHECKPOINT_BUSY",
        `${name} was called while ${this.#callback} runs, which would wait for it for ever. Call it before or behind, and ` +
          "await the call that the hook belongs to.",
      );
    }
    const own = this.#last.then(call);
    this.#last = own.catch(() => {});
    return await own;
  }

  /** @returns functions of the script that do the same; while they run, no other call may begin. */
  callbacks<Args extends unknown[]>(
    name: string,
    callbacks: readonly ((...args: Args) => void | Promise<void>)[],
  ): ((...args: Args) => Promise<void>)[] {
    return callbacks.map((callback) => async (...args) => {
      this.#callback = name;
      try {
        await callback(...args);
      } finally {
        this.#callback = undefined;
      }
    });
  }
}
