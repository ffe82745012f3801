import { AcceleratorError } from "../errors.ts";

/** Whether a backward of an asynchronous function waits for its loss: until then there are no gradients to work with. */
export class PendingLoss {
  #isPending = false;

  /** Waits for the loss of a backward. */
  async of<Loss>(loss: Promise<Loss>): Promise<Loss> {
    this.#isPending = true;
    try {
      return await loss;
    } finally {
      this.#isPending = false;
    }
  }

  /** @throws {AcceleratorError} `STATE_INVALID` while a backward waits. */
  check(call: string): void {
    if (!this.#isPending) return;
    throw new AcceleratorError(
      "STATE_INVALID",
      `${call}: a backward of an asynchronous function is still running. Await it first: ` +
        "await accelerator.backward(async () => loss).",
    );
  }
}
