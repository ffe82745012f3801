import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Piscina } from "piscina";

/** What the pool gives a thread. */
export type DecodeTask = { readonly moduleUrl: string; readonly sample: unknown };

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

  async decode(sample: unknown): Promise<unknown> {
    this.#pool ??= this.#open();
    const task: DecodeTask = { moduleUrl: this.#moduleUrl, sample };
    return (await this.#pool).run(task);
  }

  async close(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    await (await pool)?.destroy();
  }

  async #open(): Promise<Piscina> {
    const { Piscina } = await import("piscina"); // only who decodes in threads pays for it
    const file = new URL(`./decode-thread${extname(import.meta.url)}`, import.meta.url);
    return new Piscina({
      filename: fileURLToPath(file),
      minThreads: this.#threads,
      maxThreads: this.#threads,
    });
  }
}
