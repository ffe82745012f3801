import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { AcceleratorError } from "../../errors.ts";
import type { Manifest, ManifestFacts } from "./manifest.ts";
import type { CheckpointFile } from "./prepare-file.ts";
import { type RetentionRules, requireRules } from "./retention-rules.ts";
import type { WriterJob, WriterMessage, WriterTask } from "./writer-protocol.ts";

export type BackgroundWriteOptions = {
  /** As `writeCheckpoint` has them. */
  readonly isDurable?: boolean;
  readonly isReplacing?: boolean;
};

/** How long the exit of the process waits for a write by default. */
const EXIT_LIMIT_MS = 10_000;

/**
 * A thread that writes checkpoints, one at a time. The caller copies what is to be written into `SharedArrayBuffer`s, hands
 * them over and goes on; it must not change them until the promise settles. Bytes in other memory are copied here, on the
 * thread of the caller. Start it early: a thread takes some 30 ms.
 */
export class CheckpointWriter {
  readonly #worker: Worker;
  readonly #done = new Int32Array(new SharedArrayBuffer(4));
  readonly #warn: (message: string) => void;
  #sent = 0;
  #settle: ((message: WriterMessage | Error) => void) | undefined;
  /** Settles, without an error, when the job under way is over. */
  #pending: Promise<unknown> = Promise.resolve();
  #death: Error | undefined;

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
    const task: WriterTask = { done: this.#done };
    // The compiler does not change this URL: it means the source in src and the built file in dist.
    const entry = new URL(`./writer-thread${extname(import.meta.url)}`, import.meta.url);
    this.#worker = new Worker(entry, { workerData: task });
    this.#worker.on("message", (message: WriterMessage) => this.#receive(message));
    this.#worker.on("error", (error) => this.#die(error));
    this.#worker.on("exit", () => this.#die(new Error("it has ended")));
    // A script that has ended still ends; a job keeps it alive. Last, because a listener for messages refers to it again.
    this.#worker.unref();
  }

  /** Whether a job is under way. */
  get isBusy(): boolean {
    return this.#settle !== undefined;
  }

  /** Resolves when no job is under way; it never rejects. */
  async idle(): Promise<void> {
    while (this.isBusy) await this.#pending;
  }

  /**
   * Writes a checkpoint as `writeCheckpoint` does, in the background.
   *
   * @throws {AcceleratorError} `CHECKPOINT_BUSY` if a job is under way: await `idle` before; and all of `writeCheckpoint`.
   */
  async write(
    target: string,
    files: readonly CheckpointFile[],
    facts: ManifestFacts,
    { isDurable = true, isReplacing = false }: BackgroundWriteOptions = {},
  ): Promise<Manifest> {
    const message = await this.#run({
      ...{ type: "write", target, files, facts, isDurable, isReplacing },
    });
    if (message.type === "written") return message.manifest;
    throw new Error(`The writer of checkpoints answered "${message.type}" to a write.`);
  }

  /**
   * Removes checkpoints as `applyRetention` does, in the background.
   *
   * @returns the folders that were removed.
   * @throws {AcceleratorError} `CHECKPOINT_BUSY` as `write` does; and all of `applyRetention`.
   */
  async retain(
    folder: string,
    rules: RetentionRules,
    protect: readonly string[] = [],
  ): Promise<readonly string[]> {
    requireRules(rules);
    const message = await this.#run({ type: "retain", folder, rules, protect });
    if (message.type === "retained") return message.removed;
    throw new Error(`The writer of checkpoints answered "${message.type}" to a removal.`);
  }

  /**
   * Blocks this thread until the job under way is over: for the exit of the process, when no promise settles any more.
   *
   * @returns false if it is not over after `limitMs`.
   */
  waitForExit(limitMs: number = EXIT_LIMIT_MS): boolean {
    const end = performance.now() + limitMs;
    for (;;) {
      const done = Atomics.load(this.#done, 0);
      if (done === this.#sent || this.#death) return true;
      const rest = end - performance.now();
      if (rest <= 0) return false;
      Atomics.wait(this.#done, 0, done, rest);
    }
  }

  /** Waits for the job under way, and ends the thread. */
  async close(): Promise<void> {
    await this.idle();
    await this.#worker.terminate();
  }

  async #run(job: WriterJob): Promise<WriterMessage> {
    if (this.#death) throw died(this.#death);
    if (this.isBusy) {
      throw new AcceleratorError(
        "CHECKPOINT_BUSY",
        "A checkpoint is being written. Wait until it is on the disk before the next one.",
      );
    }
    const answer = new Promise<WriterMessage | Error>((resolve) => {
      this.#settle = resolve;
    });
    this.#pending = answer;
    this.#worker.ref();
    try {
      this.#worker.postMessage(job);
      this.#sent = (this.#sent + 1) | 0;
    } catch (error) {
      this.#finish(error as Error);
      throw new AcceleratorError(
        "VALUE_INVALID",
        `A checkpoint has a value that cannot be stored: ${(error as Error).message}`,
        { cause: error },
      );
    }
    const message = await answer;
    if (message instanceof Error) throw died(message);
    if (message.type !== "failed") return message;
    throw new AcceleratorError(message.code, message.message, { cause: message.cause });
  }

  #receive(message: WriterMessage): void {
    if (message.type === "warning") this.#warn(message.message);
    else this.#finish(message);
  }

  #die(error: Error): void {
    this.#death ??= error;
    this.#finish(this.#death);
  }

  #finish(message: WriterMessage | Error): void {
    const settle = this.#settle;
    this.#settle = undefined;
    this.#worker.unref();
    settle?.(message);
  }
}

function died(cause: Error): AcceleratorError {
  return new AcceleratorError(
    "CHECKPOINT_FAILED",
    `The thread that writes checkpoints is not there any more: ${cause.message}.`,
    { cause },
  );
}
