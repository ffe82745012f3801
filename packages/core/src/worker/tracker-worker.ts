import { extname } from "node:path";
import { MessageChannel, Worker } from "node:worker_threads";
import type { RemoteHub } from "../trackers/remote-hub.ts";
import { connectTrackers } from "./connect-trackers.ts";
import type { TrackerThreadMessage, TrackerThreadTask } from "./protocol.ts";

/** How long the end of the process waits for the journal, if the script did not end training. */
const EXIT_LIMIT_MS = 2000;

/** The thread of the trackers, seen from the thread of the script. */
export class TrackerWorker {
  readonly hub: RemoteHub;
  readonly #worker: Worker;
  readonly #flush = (): void => this.#flushJournal();

  constructor() {
    const calls = new MessageChannel();
    const task: TrackerThreadTask = { calls: calls.port2 };
    // The compiler leaves this URL alone: it names the source in src and the build in dist.
    this.#worker = new Worker(
      new URL(`../host/tracker-thread${extname(import.meta.url)}`, import.meta.url),
      { workerData: task, transferList: [calls.port2] },
    );
    this.#worker.unref(); // a script that forgets to end training still ends
    this.#worker.on("message", (warning: string) => process.emitWarning(warning));
    this.#worker.on("error", (error) => process.emitWarning(`The tracker thread died: ${error}`));
    this.hub = connectTrackers((event) => this.#send({ type: "event", event }), calls.port1);
    process.once("exit", this.#flush);
  }

  /** Keeps the process alive while something is waited for; rejects if the thread dies over it. */
  async during<T>(call: () => Promise<T>): Promise<T> {
    this.#worker.ref();
    let onExit = (): void => {};
    const death = new Promise<never>((_, reject) => {
      onExit = () => reject(new Error("The tracker thread died."));
      this.#worker.once("exit", onExit);
    });
    try {
      return await Promise.race([call(), death]);
    } finally {
      this.#worker.off("exit", onExit);
      this.#worker.unref();
    }
  }

  async stop(): Promise<void> {
    process.off("exit", this.#flush);
    await this.#worker.terminate();
  }

  #send(message: TrackerThreadMessage): void {
    this.#worker.postMessage(message);
  }

  /** An error or `process.exit` ends the process now; the journal gets what was logged. */
  #flushJournal(): void {
    const done = new Int32Array(new SharedArrayBuffer(4));
    this.#send({ type: "flush", done });
    Atomics.wait(done, 0, 0, EXIT_LIMIT_MS);
  }
}
