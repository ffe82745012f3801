import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { endingError } from "../collective/ending-error.ts";
import { AcceleratorError, messageOf } from "../errors.ts";
import { settledWithin } from "../settled-within.ts";
import type { HostMessage, HostTask } from "./host-group.ts";
import { Mailbox } from "./mailbox.ts";

/** How long the thread has for its last messages: it takes less by itself, unless a transport blocks it. */
const CLOSE_MS = 15_000;

/** The launcher's end of the thread that speaks to other hosts. */
export class HostLine {
  /** The smallest number of threads of a replica on any host. Rejects if the hosts do not meet. */
  readonly ready: Promise<number>;
  /** Rejects when the run has ended with a failure, here or on another host. */
  readonly #failure: Promise<never>;
  readonly #mailbox: Mailbox;
  /** The thread has ended, or is about to end the job. */
  readonly #over: Promise<void>;
  #isEnding = false;
  #error: AcceleratorError | undefined;
  #rejectFailure: (error: AcceleratorError) => void = () => {};

  constructor(task: HostTask) {
    this.#mailbox = new Mailbox(task.hosts.mailbox, task.group.localWorldSize);
    const url = new URL(`./host-thread${extname(import.meta.url)}`, import.meta.url);
    const thread = new Worker(url, { workerData: task });
    this.#failure = new Promise<never>((_, reject) => {
      this.#rejectFailure = reject;
    });
    this.#failure.catch(() => {}); // several report it
    let ready = (_threads: number): void => {};
    const isReady = new Promise<number>((resolve) => {
      ready = resolve;
    });
    this.ready = Promise.race([isReady, this.#failure]);
    this.ready.catch(() => {});
    this.#over = new Promise((resolve) => {
      thread.on("message", (message: HostMessage) => {
        if (message.type === "ready") ready(message.threads);
        else if (message.type === "aborting") resolve();
        else this.#fail(errorOf(message));
      });
      thread.on("error", (error) => this.#fail(brokenError(`has failed: ${messageOf(error)}`)));
      thread.once("exit", () => {
        if (!this.#isEnding) this.#fail(brokenError("has ended."));
        resolve();
      });
    });
  }

  /**
   * Rejects when the run has ended with a failure, here or on another host.
   *
   * @param own waits for replicas of this host that end by themselves, as all do behind a signal: they know more.
   */
  async failureAfter(own: () => Promise<void>): Promise<never> {
    return await this.#failure.catch(async (error: unknown) => {
      await own();
      throw error;
    });
  }

  /** The failure of another host, if it is what has ended a replica of this one with this error. */
  causeOf(error: AcceleratorError): AcceleratorError {
    return error.code === "COLLECTIVE_ABORTED" && this.#error ? this.#error : error;
  }

  /** @returns what `replicas` gives, once the replicas of all hosts have ended well. Rejects if one has failed. */
  async endAfter<T>(replicas: Promise<T>): Promise<T> {
    const value = await replicas;
    this.#isEnding = true;
    this.#mailbox.end();
    await this.#over;
    if (this.#error) throw this.#error;
    return value;
  }

  /** The launch has failed. Resolves when the other hosts know, or after some seconds. */
  async abandon(): Promise<void> {
    this.#isEnding = true;
    this.#mailbox.end();
    await settledWithin([this.#over], CLOSE_MS);
  }

  /** The first failure counts. */
  #fail(error: AcceleratorError): void {
    this.#error ??= error;
    this.#rejectFailure(error);
  }
}

/** As a replica reports it that waits for the others. */
function errorOf(message: Exclude<HostMessage, { type: "ready" | "aborting" }>): AcceleratorError {
  if (message.type === "failed") return new AcceleratorError(message.code, message.message);
  return endingError(message);
}

function brokenError(text: string): AcceleratorError {
  return new AcceleratorError(
    "COLLECTIVE_ABORTED",
    `The thread that speaks to other hosts ${text}`,
  );
}
