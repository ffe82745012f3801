/**
 * Events wait for the tensors of earlier events, so that trackers see them in the order in which they were logged.
 */
export class SendOrder {
  #pending: Promise<void> | undefined;
  /** The first error of reading a tensor. */
  #error: unknown;

  get error(): unknown {
    return this.#error;
  }

  /** Sends what was read: at once if nothing earlier waits, otherwise after that. */
  send<T>(copy: T | Promise<T>, send: (copy: T) => void): void {
    if (!(copy instanceof Promise) && !this.#pending) {
      send(copy);
      return;
    }
    const tail = (this.#pending ?? Promise.resolve())
      .then(async () => send(await copy))
      .catch((error: unknown) => {
        this.#error ??= error;
      });
    this.#pending = tail;
    void tail.then(() => {
      if (this.#pending === tail) this.#pending = undefined;
    });
  }

  /** Resolves once all that was given is sent. */
  async settled(): Promise<void> {
    await this.#pending;
  }
}
