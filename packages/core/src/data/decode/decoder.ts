import { AcceleratorError, messageOf } from "../../errors.ts";
import { DecodePool } from "./decode-pool.ts";
import { loadDecode } from "./decode-thread.ts";

/** Decodes the samples of one pass: in threads, or in this one without any. */
export class Decoder {
  readonly #decode: (sample: unknown) => Promise<unknown>;
  readonly #pool: DecodePool | undefined;

  constructor(moduleUrl: string, numWorkers: number) {
    const pool = numWorkers > 0 ? new DecodePool(moduleUrl, numWorkers) : undefined;
    this.#pool = pool;
    const here = pool ? undefined : loadDecode(moduleUrl);
    here?.catch(() => {}); // seen with the first sample
    this.#decode = pool
      ? (sample) => pool.decode(sample)
      : async (sample) => (await here)?.(sample);
  }

  /**
   * Decodes samples; the results keep their order.
   *
   * @throws {AcceleratorError} `DATA_INVALID` naming the sample that failed.
   */
  decodeAll(samples: readonly unknown[], numbers: readonly number[]): Promise<unknown[]> {
    const decoding = samples.map(async (sample, i) => {
      try {
        return await this.#decode(sample);
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
