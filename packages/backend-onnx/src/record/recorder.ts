import { totalmem } from "node:os";
import { AcceleratorError } from "@acc/core";
import { compilePlan } from "../lowering/compile-plan.ts";
import type { Runtime } from "../ort/runtime.ts";
import type { Statistics } from "../statistics.ts";
import { byteLengthOf, type Shape, sizeOf } from "../tensor-spec.ts";
import type { BufferPool } from "./buffer-pool.ts";
import type { Call } from "./call.ts";
import type { Kernel, RecordedCall } from "./kernel.ts";
import type { Plan } from "./plan.ts";
import { PlanCache } from "./plan-cache.ts";
import { Storage } from "./storage.ts";
import { type Trace, traceOf } from "./trace.ts";

/** A safety net for programs that never mark a step: their graphs would grow without end. */
const MAX_PENDING_CALLS = 4000;
const MAX_PENDING_BYTES = totalmem() / 4;

/** A graph that has just been run. */
export type Flush = {
  readonly trace: Trace;
  readonly plan: Plan;
  /** Compiles the same trace once more, for only some of its results, by place. */
  readonly compileFor: (wanted: ReadonlySet<number>) => Plan;
};

/** Keeps the calls that were not computed yet, and computes all that is needed of them as one graph. */
export class Recorder {
  /** Told of every graph that has been run, while the storages of its trace hold all their values. */
  onFlush: ((flush: Flush) => void) | undefined;
  readonly pool: BufferPool;
  readonly #statistics: Statistics;
  readonly #plans: PlanCache;
  readonly #compile: (
    trace: Trace,
    constants: readonly (number | undefined)[],
    wanted?: ReadonlySet<number>,
  ) => Plan;
  #pending: Call[] = [];
  #pendingBytes = 0;

  constructor(runtime: Runtime, blockSize: number, pool: BufferPool, statistics: Statistics) {
    this.pool = pool;
    this.#statistics = statistics;
    const target = { runtime, blockSize, pool, statistics };
    this.#compile = (trace, constants, wanted) => compilePlan(trace, constants, target, wanted);
    this.#plans = new PlanCache((trace, constants) => this.#compile(trace, constants));
  }

  /** Number of compiled plans that are kept. */
  get numPlans(): number {
    return this.#plans.size;
  }

  /** Takes down a call. Its inputs must be alive; it owns a read of each until it is computed. */
  record(
    kernel: Kernel,
    { attributes, key = "", outputs: outputSpecs }: RecordedCall<unknown>,
    inputs: readonly Storage[],
    inputShapes: readonly Shape[],
  ): readonly Storage[] {
    if (this.#pending.length >= MAX_PENDING_CALLS || this.#pendingBytes > MAX_PENDING_BYTES) {
      this.flush();
    }
    for (const input of inputs) {
      if (input.failure) throw input.failure;
      input.pendingReads += 1;
    }
    const outputs = outputSpecs.map(({ dtype, shape }) => new Storage(dtype, sizeOf(shape)));
    const call = { kernel, attributes, key, inputs, inputShapes, outputs, outputSpecs, index: -1 };
    for (const output of outputs) output.producer = call;
    this.#pending.push(call);
    for (const spec of outputSpecs) this.#pendingBytes += byteLengthOf(spec);
    this.#statistics.recorded += 1;
    return outputs;
  }

  /**
   * Computes the value of every tensor that is alive, and forgets the rest.
   *
   * @throws {AcceleratorError} `VALUE_INVALID` if ONNX Runtime refuses: the tensors that were to be
   *   computed have no value then, and using them throws the same error.
   */
  flush(): void {
    const pending = this.#pending;
    if (pending.length === 0) return;
    this.#pending = [];
    this.#pendingBytes = 0;
    const trace = traceOf(pending);
    try {
      if (trace.calls.length > 0) this.#run(trace);
    } catch (error) {
      throw this.#fail(trace, error);
    } finally {
      for (const call of pending) this.#settle(call);
    }
  }

  /**
   * Waits until a storage is computed, at the latest after the code that runs now: a step that ends before
   * need not be cut in two.
   */
  async untilComputed(storage: Storage): Promise<void> {
    storage.awaitedReads += 1;
    await new Promise((resolve) => setImmediate(resolve));
    try {
      if (storage.producer) this.flush();
    } finally {
      storage.awaitedReads -= 1;
    }
  }

  /** Frees the memory of a storage that nothing needs any more. */
  reclaim(storage: Storage): void {
    if (!storage.isUnused || !storage.memory) return;
    if (storage.memory !== storage.place) this.pool.give(storage.memory);
    storage.memory = undefined;
  }

  dispose(): void {
    this.#pending = [];
    this.#plans.clear();
    this.pool.clear();
  }

  #run(trace: Trace): void {
    const plan = this.#plans.planFor(trace);
    const inputs = plan.inputLeaves.map((leaf) => trace.leaves[leaf]?.storage as Storage);
    const memories = plan.run(
      inputs,
      trace.results.map(({ storage }) => storage.place),
    );
    for (const [i, { storage }] of trace.results.entries()) storage.memory = memories[i];
    const compileFor = (wanted: ReadonlySet<number>) => {
      const inputLeaves = new Set(plan.inputLeaves);
      const constants = trace.leaves.map(({ scalar }, i) =>
        inputLeaves.has(i) ? undefined : scalar,
      );
      return this.#compile(trace, constants, wanted);
    };
    this.onFlush?.({ trace, plan, compileFor });
  }

  #fail({ results }: Trace, cause: unknown): Error {
    const message = cause instanceof Error ? cause.message : String(cause);
    const error = new AcceleratorError(
      "VALUE_INVALID",
      `The onnx backend could not compute the recorded operations: ${message}. The name before the slash ` +
        "is the tfjs operation that failed: check its inputs. What was to be computed is lost.",
      { cause },
    );
    for (const { storage } of results) storage.failure = error;
    return error;
  }

  #settle(call: Call): void {
    for (const output of call.outputs) output.producer = undefined;
    for (const input of call.inputs) {
      input.pendingReads -= 1;
      this.reclaim(input);
    }
  }
}
