import type { Port } from "../onnx/model.ts";
import type { Memory } from "../ort/memory.ts";
import type { Session } from "../ort/runtime.ts";
import { byteLengthOf, isNumeric } from "../tensor-spec.ts";
import type { BufferPool } from "./buffer-pool.ts";
import type { Statistics } from "./statistics.ts";
import type { Storage } from "./storage.ts";
import type { Trace } from "./trace.ts";

/**
 * Compiles a trace.
 *
 * @param constants numbers by leaf that become part of the graph; undefined for a leaf that is an input.
 * @param wanted places of the results that the graph computes; all by default.
 */
export type Compile = (
  trace: Trace,
  constants: readonly (number | undefined)[],
  wanted?: ReadonlySet<number>,
) => Plan;

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
   * @param places the memory of results that have a place, in the order of the trace.
   * @returns the memory of every result of the trace, in order; the caller gives memory without such a place to
   *   storages, or back to the pool.
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

/** The memory of a storage; a number from JavaScript is first written to new memory. */
export function memoryOf(storage: Storage, pool: BufferPool): Memory {
  if (storage.memory) return storage.memory;
  const { dtype, scalar, heap, size } = storage;
  if (heap && isNumeric(dtype)) {
    const byteLength = byteLengthOf({ shape: [size], dtype });
    storage.memory = storage.place ?? pool.take(byteLength);
    storage.memory.view(dtype, size).set(heap.view(dtype, size));
    if (storage.place) {
      // What is written there later is the value then.
      heap.dispose();
      storage.heap = undefined;
    }
    return storage.memory;
  }
  if (scalar === undefined || !isNumeric(dtype)) {
    throw storage.failure ?? new Error("The values of a tensor are not computed yet.");
  }
  storage.memory = pool.take(Float32Array.BYTES_PER_ELEMENT);
  storage.memory.view(dtype, 1)[0] = scalar;
  return storage.memory;
}
