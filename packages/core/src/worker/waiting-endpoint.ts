import type { MessagePort, Transferable } from "node:worker_threads";
import type { Endpoint } from "comlink";

/**
 * A port for comlink that keeps the process alive while a call waits for its answer, and only then: a script that awaits
 * nothing else would end in the middle, and one that forgets its trackers would never end.
 */
export function waitingEndpoint(port: MessagePort): Endpoint {
  let waiting = 0;
  // Every call gets one answer, whether it returns or throws.
  port.addEventListener("message", () => {
    waiting -= 1;
    if (waiting === 0) port.unref();
  });
  port.unref();
  return {
    addEventListener: (type, listener) => port.addEventListener(type, listener as () => void),
    removeEventListener: (type, listener) => port.removeEventListener(type, listener as () => void),
    start: () => port.start(),
    postMessage(message, transfer) {
      waiting += 1;
      port.ref();
      port.postMessage(message, transfer as Transferable[] | undefined);
    },
  };
}
