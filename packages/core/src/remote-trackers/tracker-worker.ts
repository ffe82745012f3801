import { extname } from "node:path";
import { MessageChannel, Worker } from "node:worker_threads";
import { ownClock } from "../rank-clock.ts";
import { type ConnectedHub, connectTrackers } from "./connect-trackers.ts";
import type { TrackerThreadMessage, TrackerThreadTask } from "./protocol.ts";
import { readWrites } from "./read-writes.ts";

/**
 * The exit of the process waits for the journal, if the script did not call `endTraining`, as long as the thread takes or
 * writes something at least this often.
 */
const EXIT_LIMIT_MS = 2000;

/** The thread of the trackers, seen from the thread of the script. */
export class TrackerWorker {
  readonly hub: ConnectedHub;
  readonly #worker: Worker;
  #stopReading: (() => void) | undefined;
  readonly #flush = (): void => this.#flushJournal();

  constructor() {
    const calls = new MessageChannel();
    const task: TrackerThreadTask = { calls: calls.port2, clock: ownClock() };
    // The compiler does not change this URL: it means the source in src and the built file in dist.
    this.#worker = new Worker(
      new URL(`./tracker-thread${extname(import.meta.url)}`, import.meta.url),
      { workerData: task, transferList: [calls.port2] },
    );
    this.#worker.unref(); // a script that does not call `endTraining` still ends
    this.#worker.on("message", (warning: string) => process.emitWarning(warning));
    this.#worker.on("error", (error) => process.emitWarning(`The tracker thread died: ${error}`));
    this.hub = connectTrackers(
      (message) => this.#send({ type: "tracker", ...message }),
      calls.port1,
      () => {
        this.#stopReading ??= readWrites((stream, text) =>
          this.#send({ type: "output", stream, text }),
        );
      },
    );
    process.once("exit", this.#flush);
  }

  /** Keeps the process alive until `call` settles; rejects if the thread dies before that. */
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
    this.#stopReading?.();
    await this.#worker.terminate();
  }

  #send(message: TrackerThreadMessage): void {
    this.#worker.postMessage(message);
  }

  /** An error or `process.exit` ends the process now: what was logged is flushed to the journal. */
  #flushJournal(): void {
    const done = new Int32Array(new SharedArrayBuffer(4));
    this.#send({ type: "flush", done });
    for (let seen = this.hub.progress; ; ) {
      if (Atomics.wait(done, 0, 0, EXIT_LIMIT_MS) !== "timed-out") return;
      const { progress } = this.hub;
      if (progress === seen) return;
      seen = progress;
    }
  }
}
