/** Calls that must not overlap, in the order in which they were made: a script may begin one without waiting for the one before. */
export class CallQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `call` when those before it are over, however they ended. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    const own = this.#last.then(call);
    this.#last = own.catch(() => {});
    return await own;
  }
}
