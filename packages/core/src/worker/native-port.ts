import type { MessagePort, Transferable } from "node:worker_threads";
import type { Endpoint } from "comlink";

/**
 * The port over which a script calls the native object of a tracker. It keeps the process alive while a call waits for
 * its answer, and only then: a script that awaits nothing else would end in the middle, and one that forgets its
 * trackers would never end.
 */
export class NativePort {
  readonly endpoint: Endpoint;
  #sent = 0;

  constructor(port: MessagePort) {
    let answered = 0;
    // Every call gets one answer, whether it returns or throws.
    port.addEventListener("message", () => {
      answered += 1;
      if (answered === this.#sent) port.unref();
    });
    port.unref();
    this.endpoint = {
      addEventListener: (type, listener) => port.addEventListener(type, listener as () => void),
      removeEventListener: (type, listener) =>
        port.removeEventListener(type, listener as () => void),
      start: () => port.start(),
      postMessage: (message, transfer) => {
        this.#sent += 1;
        port.ref();
        port.postMessage(message, transfer as Transferable[] | undefined);
      },
    };
  }

  /** Messages sent so far, for the other side to wait for. */
  get sent(): number {
    return this.#sent;
  }
}
