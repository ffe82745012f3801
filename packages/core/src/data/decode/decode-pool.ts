import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Piscina } from "piscina";

/** The task of a thread. */
export type DecodeTask = {
  readonly moduleUrl: string;
  readonly sample: unknown;
  readonly seed: number | undefined;
};

/** Threads that decode samples; they end with the pass that uses them. */
export class DecodePool {
  readonly #moduleUrl: string;
  readonly #threads: number;
  #pool: Promise<Piscina> | undefined;

  /** @param moduleUrl module whose default export turns a sample into a decoded one. */
  constructor(moduleUrl: string, threads: number) {
    this.#moduleUrl = moduleUrl;
    this.#threads = threads;
  }

  /** @param seed of the random numbers that the sample is decoded with. */
  async decode(sample: unknown, seed: number | undefined): Promise<unknown> {
    this.#pool ??= this.#open();
    const task: DecodeTask = { moduleUrl: this.#moduleUrl, sample, seed };
    return (await this.#pool).run(task);
  }

  async close(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    await (await pool)?.destroy();
  }

  async #open(): Promise<Piscina> {
    const { Piscina } = await import("piscina"); // loaded only if threads decode
    const file = new URL(`./decode-thread${extname(import.meta.url)}`, import.meta.url);
    return new Piscina({
      filename: fileURLToPath(file),
      minThreads: this.#threads,
      maxThreads: this.#threads,
    });
  }
}
