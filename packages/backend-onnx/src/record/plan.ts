import type { Memory } from "../ort/memory.ts";
import type { Port, Session } from "../ort/runtime.ts";
import type { Statistics } from "../statistics.ts";
import { isNumeric } from "../tensor-spec.ts";
import type { BufferPool } from "./buffer-pool.ts";
import type { Storage } from "./storage.ts";

/** A compiled trace: runs as one graph on any storages of the same shapes and types. */
export class Plan {
  /** Which leaves of the trace the graph takes, in order; the others are constants in it. */
  readonly inputLeaves: readonly number[];
  readonly #session: Session;
  readonly #outputs: readonly Port[];
  readonly #pool: BufferPool;
  readonly #statistics: Statistics;

  constructor(
    session: Session,
    inputLeaves: readonly number[],
    outputs: readonly Port[],
    pool: BufferPool,
    statistics: Statistics,
  ) {
    this.#session = session;
    this.inputLeaves = inputLeaves;
    this.#outputs = outputs;
    this.#pool = pool;
    this.#statistics = statistics;
  }

  /**
   * Runs the graph.
   *
   * @param inputs one storage per entry of `inputLeaves`, computed already.
   * @returns the memory of every result of the trace, in order; the caller gives it to storages, or back to
   *   the pool.
   */
  run(inputs: readonly Storage[]): Memory[] {
    const given = inputs.map((storage) => memoryOf(storage, this.#pool));
    const results = this.#outputs.map(({ byteLength }) => this.#pool.take(byteLength));
    const started = performance.now();
    try {
      this.#session.run(given, results);
    } catch (error) {
      for (const memory of results) this.#pool.give(memory);
      throw error;
    } finally {
      this.#statistics.runMs += performance.now() - started;
      this.#statistics.runs += 1;
    }
    return results;
  }

  release(): void {
    this.#session.release();
  }
}

/** Where the values of a storage lie; puts a number from JavaScript there first. */
export function memoryOf(storage: Storage, pool: BufferPool): Memory {
  if (storage.memory) return storage.memory;
  const { dtype, scalar } = storage;
  if (scalar === undefined || !isNumeric(dtype)) {
    throw storage.failure ?? new Error("The values of a tensor are not computed yet.");
  }
  storage.memory = pool.take(Float32Array.BYTES_PER_ELEMENT);
  storage.memory.view(dtype, 1)[0] = scalar;
  return storage.memory;
}
