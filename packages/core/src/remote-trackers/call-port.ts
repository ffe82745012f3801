import type { MessagePort, Transferable } from "node:worker_threads";
import type { Endpoint } from "comlink";

/**
 * A port over which a script calls another thread by comlink. It keeps the thread alive only while a call waits for
 * its answer. Otherwise a script that awaits nothing else would end too early, or a script that does not close its
 * trackers would never end.
 */
export class CallPort {
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

  /** Number of messages sent so far; the other side waits for that many. */
  get sent(): number {
    return this.#sent;
  }
}
