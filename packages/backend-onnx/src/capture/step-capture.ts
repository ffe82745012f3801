import { engine, type Tensor, type Variable } from "@tensorflow/tfjs-core";
import type { Device, DeviceObserver } from "../device/device.ts";
import { memoryOf } from "../record/plan.ts";
import type { Flush } from "../record/recorder.ts";
import type { Storage } from "../record/storage.ts";
import type { Source } from "./source.ts";
import { type Action, type Graph, TracedStep } from "./traced-step.ts";

/**
 * Follows one run of a training step: which graphs it runs, where each of their inputs comes from, what is
 * read from JavaScript in between, and what is left at the end. `@acc/core` reports what the backend cannot see.
 */
export class StepCapture implements DeviceObserver {
  readonly #device: Device;
  readonly #previous: TracedStep | undefined;
  readonly #before: ReadonlyMap<Variable, Storage>;
  readonly #sources = new Map<Storage, Source>();
  readonly #graphs: Graph[] = [];
  readonly #actions: Action[] = [];
  readonly #constants = new Set<Storage>();
  readonly #arrays: Float32Array[] = [];
  #numScalars = 0;
  #refusal: string | undefined;

  /**
   * @param given tensors that each replay receives as arguments.
   * @param previous the trace of the run before, of the same step.
   */
  constructor(device: Device, given: readonly Tensor[], previous: TracedStep | undefined) {
    this.#device = device;
    this.#previous = previous;
    device.recorder.flush();
    this.#before = this.#variables();
    for (const variable of this.#before.keys()) {
      this.#place(variable, { kind: "variable", variable });
    }
    for (const [index, tensor] of given.entries()) this.#place(tensor, { kind: "given", index });
    device.observer = this;
  }

  /** Records why the step cannot be replayed; the first reason is kept. */
  refuse(reason: string): void {
    this.#refusal ??= reason;
  }

  /** `tensor` was made of a number that every step must read again. */
  onScalar({ tensor, read }: { readonly tensor: Tensor; readonly read: () => number }): void {
    const index = this.#numScalars++;
    this.#place(tensor, { kind: "scalar", index });
    const dtype = tensor.dtype === "int32" ? "int32" : "float32";
    this.#actions.push({ kind: "scalar", index, dtype, read });
  }

  /** `tensor` was made of an array whose content differs from step to step. */
  onArray({ tensor, values }: { readonly tensor: Tensor; readonly values: Float32Array }): void {
    this.#place(tensor, { kind: "array", index: this.#arrays.length });
    this.#arrays.push(values);
  }

  /** The values of `tensor` were copied to `target`. */
  onRead({ tensor, target }: { readonly tensor: Tensor; readonly target: Float32Array }): void {
    const source = this.#sourceOf(this.#device.storageOf(tensor.dataId));
    this.#actions.push({ kind: "read", source, target });
  }

  /** JavaScript state advanced, such as a counter. */
  onEffect(run: () => void): void {
    this.#actions.push({ kind: "effect", run });
  }

  /**
   * Ends the step.
   *
   * @param kept tensors that outlive the step, besides the variables.
   */
  finish(kept: readonly Tensor[]): TracedStep {
    try {
      this.#device.recorder.flush();
    } catch (error) {
      this.abandon();
      throw error;
    }
    this.#end();
    return this.#describe(kept);
  }

  /** Ends a step that failed. */
  abandon(): void {
    this.#end();
    this.#describe([]).release();
  }

  #describe(kept: readonly Tensor[]): TracedStep {
    const after = this.#variables();
    const assignments = [...after]
      .filter(([variable, storage]) => this.#before.get(variable) !== storage)
      .map(([variable, storage]) => ({ variable, source: this.#sourceOf(storage) }));
    const results = kept.map(({ dataId, shape, dtype }) => {
      return { source: this.#sourceOf(this.#device.storageOf(dataId)), shape, dtype };
    });
    return new TracedStep(this.#device, {
      graphs: this.#graphs,
      actions: this.#actions,
      arrays: this.#arrays,
      constants: [...this.#constants],
      assignments,
      results,
      makesVariables: after.size !== this.#before.size,
      refusal: this.#refusal,
    });
  }

  #end(): void {
    this.#device.observer = undefined;
  }

  /** Remembers a graph that has run. */
  onFlush({ trace, plan, compileFor }: Flush): void {
    const { leaves, results } = trace;
    const inputs = plan.inputLeaves.map((leaf) => {
      return this.#sourceOf((leaves[leaf] as (typeof leaves)[number]).storage);
    });
    const graph = this.#graphs.length;
    for (const [index, { storage }] of results.entries()) {
      this.#sources.set(storage, { kind: "result", graph, index });
    }
    plan.retain();
    const wanted = this.#previous?.wantedOf(graph, plan);
    const fewer = wanted && wanted.size < results.length ? wanted : undefined;
    this.#graphs.push({
      ...{ plan, inputs, results },
      pruned: fewer && { plan: compileFor(fewer), wanted: fewer },
    });
    this.#actions.push({ kind: "run", graph });
  }

  /** A number that is known in JavaScript would become part of the graph, so it is moved to memory. */
  #place({ dataId, dtype }: Tensor, source: Source): void {
    const storage = this.#device.storageOf(dataId);
    if (storage.dtype !== dtype) this.refuse("an argument was cast by the cpu backend");
    if (storage.scalar !== undefined) {
      memoryOf(storage, this.#device.pool);
      storage.scalar = undefined;
    }
    this.#sources.set(storage, source);
  }

  /** The source of a storage of unknown origin: its values are constants. */
  #sourceOf(storage: Storage): Source {
    const source = this.#sources.get(storage);
    if (source) return source;
    const constant = { kind: "constant", storage } as const;
    storage.pendingReads += 1; // keeps its memory
    this.#constants.add(storage);
    this.#sources.set(storage, constant);
    return constant;
  }

  #variables(): Map<Variable, Storage> {
    const variables = Object.values(engine().registeredVariables);
    return new Map(
      variables.map((variable) => [variable, this.#device.storageOf(variable.dataId)]),
    );
  }
}
