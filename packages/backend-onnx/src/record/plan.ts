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
  readonly outputs: readonly Port[];
  readonly #session: Session;
  readonly #pool: BufferPool;
  readonly #statistics: Statistics;
  #users = 1;

  constructor(
    session: Session,
    inputLeaves: readonly number[],
    outputs: readonly Port[],
    pool: BufferPool,
    statistics: Statistics,
  ) {
    this.#session = session;
    this.inputLeaves = inputLeaves;
    this.outputs = outputs;
    this.#pool = pool;
    this.#statistics = statistics;
  }

  /**
   * Runs the graph.
   *
   * @param inputs one storage per entry of `inputLeaves`, computed already.
   * @param places where results go that have a place, in the order of the trace.
   * @returns the memory of every result of the trace, in order; the caller gives what has no place of its own
   *   to storages, or back to the pool.
   */
  run(inputs: readonly Storage[], places: readonly (Memory | undefined)[]): Memory[] {
    const given = inputs.map((storage) => memoryOf(storage, this.#pool));
    const results = this.outputs.map(
      ({ byteLength }, i) => places[i] ?? this.#pool.take(byteLength),
    );
    try {
      this.runInto(given, results);
    } catch (error) {
      for (const [i, memory] of results.entries()) if (!places[i]) this.#pool.give(memory);
      throw error;
    }
    return results;
  }

  /** The same from and to memories of the caller, in the order of `inputLeaves` and `outputs`. */
  runInto(inputs: readonly Memory[], results: readonly Memory[]): void {
    const started = performance.now();
    try {
      this.#session.run(inputs, results);
    } finally {
      this.#statistics.runMs += performance.now() - started;
      this.#statistics.runs += 1;
    }
  }

  /** Keeps it loaded until one more `release`. */
  retain(): void {
    this.#users += 1;
  }

  release(): void {
    this.#users -= 1;
    if (this.#users === 0) this.#session.release();
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
