import { isMainThread } from "node:worker_threads";
import type { Supervision } from "../collective/supervision.ts";
import { AcceleratorError, messageOf } from "../errors.ts";
import { exitCodeOfSignal } from "../exit-code-of-signal.ts";
import type { Checkpoint } from "./checkpoint.ts";

export type PreemptionOptions = {
  readonly supervision: Supervision;
  /** Whether the state can be saved now: not between `backward` and `optimizer.step()`. */
  readonly canSave: () => boolean;
  readonly save: () => Promise<Checkpoint>;
};

/** Saves a checkpoint when the host asks for one, because the process got a signal, and then ends the run or goes on. */
export class Preemption {
  readonly #options: PreemptionOptions;

  constructor(options: PreemptionOptions) {
    this.#options = options;
  }

  /** Whether the run is about to end: a signal has come. The same on all ranks. */
  get isDue(): boolean {
    const { request } = this.#options.supervision;
    return request !== undefined && request !== "save";
  }

  /**
   * The step of a loader is over. All ranks see the same request there, or none.
   *
   * @returns what to wait for. It rejects with `PREEMPTED` on all ranks where the run is to end.
   */
  afterStep(): Promise<void> | undefined {
    const { supervision, canSave } = this.#options;
    const { request } = supervision;
    if (request === undefined || !canSave()) return undefined;
    return request === "save" ? this.#saveAndGoOn() : this.#saveAndEnd(request);
  }

  async #saveAndGoOn(): Promise<void> {
    this.#options.supervision.clearRequest();
    await this.#options.save();
  }

  async #saveAndEnd(signal: "SIGINT" | "SIGTERM"): Promise<never> {
    const { path, written } = await this.#options.save();
    const done = await written.then(
      () => `has saved ${path}. To go on`,
      (error: unknown) =>
        `could not save a checkpoint: ${messageOf(error)} To go on from an earlier one, if there is any`,
    );
    const exitCode = exitCodeOfSignal(signal);
    // A process that ends by an error ends with 1 otherwise; of a replica the host sees the error.
    if (isMainThread) process.once("exit", () => (process.exitCode = exitCode));
    throw new AcceleratorError(
      "PREEMPTED",
      `The run got ${signal} and ${done}, start it with the same arguments and resumeFromCheckpoint: "latest", ` +
        "or with acc launch --resume latest.",
      { exitCode },
    );
  }
}
