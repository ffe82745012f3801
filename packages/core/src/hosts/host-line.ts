import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { AcceleratorError } from "../errors.ts";
import type { HostMessage, HostTask } from "./host-group.ts";
import { Mailbox } from "./mailbox.ts";

/** How long the thread has for its last messages, once this host has told its user. */
const CLOSE_MS = 5000;

/** The launcher's end of the thread that speaks to other hosts. */
export class HostLine {
  /** The smallest number of threads of a replica on any host. Rejects if the hosts do not meet. */
  readonly ready: Promise<number>;
  /** Rejects when the run has ended with a failure, here or on another host. */
  readonly failure: Promise<never>;
  readonly #mailbox: Mailbox;
  readonly #gone: Promise<void>;
  #isEnding = false;
  #error: AcceleratorError | undefined;

  constructor(task: HostTask) {
    this.#mailbox = new Mailbox(task.hosts.mailbox, task.group.localWorldSize);
    const url = new URL(`./host-thread${extname(import.meta.url)}`, import.meta.url);
    const thread = new Worker(url, { workerData: task });
    let reject: (error: AcceleratorError) => void = () => {};
    this.failure = new Promise<never>((_, rejectFailure) => {
      reject = rejectFailure;
    });
    this.failure.catch(() => {}); // also reported by `end`
    const fail = (error: AcceleratorError): void => {
      this.#error ??= error; // the first failure counts
      reject(error);
    };
    this.ready = new Promise<number>((resolve, rejectReady) => {
      thread.on("message", (message: HostMessage) => {
        if (message.type === "ready") resolve(message.threads);
        else fail(endedError(message.message));
      });
      this.failure.catch(rejectReady);
    });
    this.ready.catch(() => {}); // awaited, or the failure is
    thread.on("error", (error) =>
      fail(endedError(`the thread for them has failed: ${error.message}`)),
    );
    this.#gone = new Promise((resolve) => {
      thread.once("exit", () => {
        if (!this.#isEnding) fail(endedError("the thread for them has ended."));
        resolve();
      });
    });
  }

  /** All replicas of this host have ended well. Resolves when those of all hosts have; rejects if one has failed. */
  async end(): Promise<void> {
    this.#isEnding = true;
    this.#mailbox.end();
    await this.#gone;
    if (this.#error) throw this.#error;
  }

  /** The launch has failed. Resolves when the other hosts know, or after some seconds. */
  async abandon(): Promise<void> {
    this.#isEnding = true;
    this.#mailbox.end();
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_MS);
    });
    await Promise.race([this.#gone, limit]);
    clearTimeout(timer);
  }
}

function endedError(message: string): AcceleratorError {
  return new AcceleratorError("COLLECTIVE_ABORTED", `Another host has ended the run: ${message}`);
}
