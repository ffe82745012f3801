/** The thread of a library: answers by message. */

import type { MessagePort } from "node:worker_threads";
import { parentPort, workerData } from "node:worker_threads";
import type { LibraryOptions } from "./library.ts";
import type { LibraryCall, LibraryMessage } from "./library-protocol.ts";
import { LocalLibrary } from "./local-library.ts";

const port = parentPort as MessagePort;
const { directory, options } = workerData as {
  readonly directory: string;
  readonly options: LibraryOptions;
};
const library = new LocalLibrary(directory, options);
const send = (message: LibraryMessage, transfer: ArrayBuffer[] = []): void =>
  port.postMessage(message, transfer);

library.onChange((change) => send({ kind: "change", change }));
port.on("message", (call: LibraryCall) => void answer(call));

async function answer({ id, method, args }: LibraryCall): Promise<void> {
  try {
    // The types were checked where the call was made.
    const result: unknown = await (library[method] as (...args: unknown[]) => unknown)(...args);
    send({ kind: "result", id, result }, method === "series" ? buffersOf(result) : []);
  } catch (error) {
    send({ kind: "error", id, message: error instanceof Error ? error.message : String(error) });
  }
  if (method === "close") port.close();
}

/** The arrays of series are made for one answer: they are handed over, not copied. */
function buffersOf(series: unknown): ArrayBuffer[] {
  return (series as readonly (object | undefined)[]).flatMap((answer) =>
    Object.values(answer ?? {}).flatMap((value) =>
      ArrayBuffer.isView(value) ? [value.buffer as ArrayBuffer] : [],
    ),
  );
}
