import { totalmem } from "node:os";
import { AcceleratorError } from "@acc/core";
import type { Kernel, RecordedCall } from "../lowering/kernel.ts";
import { byteLengthOf, type Shape, sizeOf } from "../tensor-spec.ts";
import type { BufferPool } from "./buffer-pool.ts";
import type { AsCalled, Call } from "./call.ts";
import { type ComputeCall, computeEach } from "./compute-each.ts";
import type { Compile, Plan } from "./plan.ts";
import { PlanCache } from "./plan-cache.ts";
import type { Statistics } from "./statistics.ts";
import { Storage } from "./storage.ts";
import { Tiers } from "./tiers.ts";
import { type Trace, traceOf } from "./trace.ts";

/** A limit for programs that never mark a step: their graphs would grow without end. */
const MAX_PENDING_CALLS = 4000;
const MAX_PENDING_BYTES = totalmem() / 4;

/** Calls of a training step of an accelerator, which will come again; or of anything else. */
export type TraceKind = "step" | "any";

/** A graph that has just been run. */
export type Flush = {
  readonly trace: Trace;
  readonly plan: Plan;
  /** Compiles the same trace again for some of its results, given by their places. */
  readonly compileFor: (wanted: ReadonlySet<number>) => Plan;
};

/** Keeps the calls that are not computed yet, and computes those that are needed as one graph. */
export class Recorder {
  /** Told of every graph that has been run, while the storages of its trace hold all their values. */
  onFlush: ((flush: Flush) => void) | undefined;
  /** Whether what is pending is part of a training step of an accelerator. */
  holdsStep = false;
  readonly tiers: Tiers = new Tiers();
  readonly pool: BufferPool;
  readonly #statistics: Statistics;
  readonly #plans: PlanCache;
  readonly #compile: Compile;
  readonly #computeCall: ComputeCall;
  #pending: Call[] = [];
  #pendingBytes = 0;
  /** Whether the JavaScript that runs now ends what is recorded. */
  #isJobWatched = false;

  constructor(
    compile: Compile,
    computeCall: ComputeCall,
    pool: BufferPool,
    statistics: Statistics,
  ) {
    this.pool = pool;
    this.#statistics = statistics;
    this.#compile = compile;
    this.#computeCall = computeCall;
    this.#plans = new PlanCache(compile);
  }

  /** Number of compiled plans that are kept. */
  get numPlans(): number {
    return this.#plans.size;
  }

  /**
   * Records a call, or computes it at once. Its inputs must be alive; the call counts as a reader of each until it is
   * computed.
   */
  record(
    kernel: Kernel,
    { attributes, key = "", outputs: outputSpecs }: RecordedCall<unknown>,
    inputs: readonly Storage[],
    inputShapes: readonly Shape[],
    asCalled: AsCalled,
  ): readonly Storage[] {
    if (this.#pending.length >= MAX_PENDING_CALLS || this.#pendingBytes > MAX_PENDING_BYTES) {
      this.flush();
    }
    for (const input of inputs) if (input.failure) throw input.failure;
    const outputs = outputSpecs.map(({ dtype, shape }) => new Storage(dtype, sizeOf(shape)));
    const call = {
      kernel,
      attributes,
      key,
      inputs,
      inputShapes,
      outputs,
      outputSpecs,
      asCalled,
      index: -1,
    };
    this.watchJob();
    if (this.tiers.isEager) {
      this.#computeNow(call);
      return outputs;
    }
    for (const input of inputs) input.pendingReads += 1;
    for (const output of outputs) output.producer = call;
    this.#pending.push(call);
    for (const spec of outputSpecs) this.#pendingBytes += byteLengthOf(spec);
    this.#statistics.recorded += 1;
    return outputs;
  }

  /**
   * Computes the value of every tensor that is alive, and forgets the rest.
   *
   * @param kind what is known about the calls.
   * @throws {AcceleratorError} `VALUE_INVALID` if ONNX Runtime refuses: the tensors that were to be
   *   computed have no value then, and using them throws the same error.
   */
  flush(kind: TraceKind = "any"): void {
    this.#endSegment();
    const pending = this.#pending;
    if (pending.length === 0) return;
    this.#pending = [];
    this.#pendingBytes = 0;
    const isStep = kind === "step" || this.holdsStep;
    this.holdsStep = false;
    const trace = traceOf(pending);
    try {
      if (trace.calls.length > 0) this.#run(trace, isStep);
    } catch (error) {
      throw this.#fail(trace, error);
    } finally {
      for (const call of pending) this.#settle(call);
    }
  }

  /** Computes a storage whose values are needed now. */
  compute(storage: Storage, kind: TraceKind = "any"): void {
    if (storage.producer) this.flush(kind);
    else if (storage.segment === this.tiers.segment) this.#endSegment();
  }

  /**
   * Waits until a storage is computed, at the latest after the current synchronous code. If a step ends
   * before that, the step stays one graph.
   */
  async untilComputed(storage: Storage): Promise<void> {
    storage.awaitedReads += 1;
    await new Promise((resolve) => setImmediate(resolve));
    try {
      this.compute(storage);
    } finally {
      storage.awaitedReads -= 1;
    }
  }

  /** Frees the memory of a storage that nothing needs any more. */
  reclaim(storage: Storage): void {
    if (storage.isUnused) storage.free(this.pool);
  }

  dispose(): void {
    this.#pending = [];
    this.#plans.clear();
    this.pool.clear();
  }

  #run(trace: Trace, isStep: boolean): void {
    const plan = this.tiers.planFor(trace, isStep, (isWorthwhile) =>
      this.#plans.planFor(trace, isWorthwhile),
    );
    if (plan === undefined) {
      computeEach(trace, this.#computeCall, this.pool);
      this.#statistics.computedSingly += trace.calls.length;
      return;
    }
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

  #computeNow(call: Call): void {
    const { kernel, inputs, inputShapes, asCalled, outputs } = call;
    try {
      this.#computeCall(call);
    } catch (error) {
      throw faultOf(error, call.kernel.name);
    }
    const { segment } = this.tiers;
    segment.addCall(kernel.name, inputShapes, asCalled.attributes);
    for (const output of outputs) output.segment = segment;
    for (const input of inputs) this.reclaim(input);
  }

  /**
   * Ends what is recorded with the JavaScript that runs now: what a data set computes between two steps of a program
   * without an accelerator, in promises of its own, must not become part of a step.
   */
  watchJob(): void {
    if (this.#isJobWatched || this.tiers.recordsAll || this.tiers.compilesAll) return;
    this.#isJobWatched = true;
    queueMicrotask(() => {
      this.#isJobWatched = false;
      // An error is thrown again where a value is read.
      try {
        this.flush();
      } catch {}
    });
  }

  #endSegment(): void {
    this.#statistics.computedSingly += this.tiers.endSegment();
  }

  #fail({ results }: Trace, cause: unknown): Error {
    const error = faultOf(cause);
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

function faultOf(cause: unknown, kernelName?: string): AcceleratorError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const operation = kernelName ? `the operation ${kernelName}` : "the recorded operations";
  return new AcceleratorError(
    "VALUE_INVALID",
    `The onnx backend could not compute ${operation}: ${message}. The name before the slash is the tfjs ` +
      "operation that failed: check its inputs. What was to be computed is lost.",
    { cause },
  );
}
