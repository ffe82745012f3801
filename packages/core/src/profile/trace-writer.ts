import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { Trace } from "./trace-text.ts";

/** A thread that writes traces, one after the other, while the training goes on. */
export class TraceWriter {
  readonly #worker: Worker;
  #waiting = 0;
  #fault = "";
  #settle: (() => void) | undefined;

  constructor() {
    // The compiler does not change this URL: it means the source in src and the built file in dist.
    const entry = new URL(`./trace-thread${extname(import.meta.url)}`, import.meta.url);
    this.#worker = new Worker(entry);
    this.#worker.on("message", (fault: string) => this.#done(fault));
    this.#worker.on("error", (error) => this.#end(error.message));
    this.#worker.on("exit", () => this.#end("the thread that writes it has ended"));
    this.#worker.unref(); // a script that has failed still ends
  }

  write(trace: Trace): void {
    this.#waiting += 1;
    this.#worker.postMessage(trace);
  }

  /** Waits for what is written, and ends the thread. @returns why something was not written; an empty text if all was. */
  async close(): Promise<string> {
    if (this.#waiting > 0) {
      this.#worker.ref();
      await new Promise<void>((resolve) => {
        this.#settle = resolve;
      });
    }
    const fault = this.#fault;
    await this.#worker.terminate();
    return fault;
  }

  #done(fault: string): void {
    this.#waiting -= 1;
    this.#fault ||= fault;
    if (this.#waiting === 0) this.#settle?.();
  }

  #end(fault: string): void {
    if (this.#waiting === 0) return;
    this.#fault ||= fault;
    this.#waiting = 0;
    this.#settle?.();
  }
}
