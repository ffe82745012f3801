import { AcceleratorError, messageOf } from "../../errors.ts";
import { readWith, sampleSeed } from "../../random/seeded-random.ts";
import { DecodePool } from "./decode-pool.ts";
import { loadDecode } from "./decode-thread.ts";

export type DecoderOptions = { readonly numWorkers: number; readonly seed: number };

/** Decodes the samples of one pass: in worker threads, or in this thread if there are none. */
export class Decoder {
  readonly #decode: (sample: unknown, seed: number | undefined) => Promise<unknown>;
  readonly #seed: number;
  readonly #pool: DecodePool | undefined;

  /** @param options.seed the seed of the pass: random numbers drawn while decoding depend on it. */
  constructor(moduleUrl: string, { numWorkers, seed }: DecoderOptions) {
    this.#seed = seed;
    const pool = numWorkers > 0 ? new DecodePool(moduleUrl, numWorkers) : undefined;
    this.#pool = pool;
    const here = pool ? undefined : loadDecode(moduleUrl);
    here?.catch(() => {}); // seen with the first sample
    this.#decode = pool
      ? (sample, seed) => pool.decode(sample, seed)
      : async (sample, seed) => readWith(seed, async () => (await here)?.(sample));
  }

  /**
   * Decodes samples; the results keep their order.
   *
   * @throws {AcceleratorError} `DATA_INVALID` naming the sample that failed.
   */
  decodeAll(samples: readonly unknown[], numbers: readonly number[]): Promise<unknown[]> {
    const decoding = samples.map(async (sample, i) => {
      try {
        return await this.#decode(sample, sampleSeed(this.#seed, numbers[i] ?? 0));
      } catch (error) {
        throw new AcceleratorError(
          "DATA_INVALID",
          `Sample ${numbers[i]} could not be decoded: ${messageOf(error)}`,
          { cause: error },
        );
      }
    });
    return Promise.all(decoding);
  }

  async close(): Promise<void> {
    await this.#pool?.close();
  }
}
