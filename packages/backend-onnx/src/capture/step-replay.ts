import type { Tensor } from "@tensorflow/tfjs-core";
import type { Device } from "../device/device.ts";
import { Memory } from "../ort/memory.ts";
import { memoryOf, type Plan } from "../record/plan.ts";
import { Storage } from "../record/storage.ts";
import { ARRAY_TYPES, type NumericType } from "../tensor-spec.ts";
import { assignStorage, tensorOver } from "./place-storage.ts";
import type { Source } from "./source.ts";
import { keyOf, type TracedStep } from "./traced-step.ts";

/** A graph with its results in the order in which the plan gives them. */
type ReplayedGraph = {
  readonly plan: Plan;
  readonly inputs: readonly Source[];
  /** By place in the plan: the result of the traced graph, and the JavaScript memory to which it is written. */
  readonly outputs: readonly { readonly index: number; readonly target: Memory | undefined }[];
};

/** Runs a step without its JavaScript, after two equal traces of it. */
export class StepReplay {
  readonly #device: Device;
  readonly #step: TracedStep;
  readonly #graphs: readonly ReplayedGraph[];
  readonly #scalars: readonly Memory[];
  readonly #arrays: readonly Memory[];
  /** Whether arrays of JavaScript are used in place. */
  readonly #inPlace: boolean;

  constructor(device: Device, step: TracedStep) {
    const { graphs, actions, arrays } = step.description;
    const { runtime, pool } = device;
    this.#device = device;
    this.#step = step;
    this.#inPlace = runtime.path === "ffi";
    this.#arrays = arrays.map((values) =>
      this.#inPlace ? Memory.over(values) : pool.take(values.byteLength),
    );
    this.#scalars = actions.flatMap(({ kind }) =>
      kind === "scalar" ? [pool.take(Float32Array.BYTES_PER_ELEMENT)] : [],
    );
    const { reads } = step;
    this.#graphs = graphs.map(({ plan, pruned, inputs, results }, graph) => ({
      ...{ plan: pruned?.plan ?? plan, inputs },
      outputs: results.flatMap((_, index) => {
        if (pruned && !pruned.wanted.has(index)) return [];
        const target = this.#inPlace ? reads.get(keyOf({ graph, index })) : undefined;
        return [{ index, target: target && Memory.over(target) }];
      }),
    }));
  }

  /**
   * Runs the step: assigns variables as it did.
   *
   * @param given as in the trace.
   * @returns the tensors that the step keeps, in the active scope.
   */
  run(given: readonly Tensor[]): Tensor[] {
    this.#device.recorder.flush();
    this.#device.placement.vacate(); // the graphs write to arrays in which tensors may be stored
    const frame = new Frame(this.#device, given, this.#scalars, this.#arrays);
    try {
      for (const action of this.#step.description.actions) {
        if (action.kind === "effect") action.run();
        // Nothing is copied if a graph has written to the array itself.
        else if (action.kind === "read") frame.memoryOf(action.source).copyTo(action.target);
        else if (action.kind === "scalar") {
          const memory = this.#scalars[action.index] as Memory;
          memory.view(action.dtype, 1)[0] = action.read();
        } else this.#runGraph(frame, action.graph);
      }
      return this.#leave(frame);
    } finally {
      frame.free();
    }
  }

  release(): void {
    const { pool, runtime } = this.#device;
    for (const memory of this.#scalars) pool.give(memory);
    for (const memory of this.#arrays) {
      if (this.#inPlace) runtime.forget(memory);
      else pool.give(memory);
    }
    for (const { outputs } of this.#graphs) {
      for (const { target } of outputs) if (target) runtime.forget(target);
    }
    this.#step.release();
  }

  #runGraph(frame: Frame, graph: number): void {
    const { plan, inputs, outputs } = this.#graphs[graph] as ReplayedGraph;
    if (!this.#inPlace) this.#fillArrays(inputs);
    const given = inputs.map((source) => frame.memoryOf(source));
    const results = outputs.map(({ index, target }, i) =>
      frame.resultMemory(graph, index, target, plan.outputs[i]?.byteLength ?? 0),
    );
    plan.runInto(given, results);
  }

  #fillArrays(inputs: readonly Source[]): void {
    for (const source of inputs) {
      if (source.kind !== "array") continue;
      const values = this.#step.description.arrays[source.index] as Float32Array;
      this.#arrays[source.index]?.view("float32", values.length).set(values);
    }
  }

  /** Gives variables and kept tensors their values. All are found before the first is assigned. */
  #leave(frame: Frame): Tensor[] {
    const { assignments, results } = this.#step.description;
    const assigned = assignments.map(({ variable, source }) => frame.storageOf(source, variable));
    const kept = results.map(({ source, ...spec }) => {
      return tensorOver(this.#device, frame.storageOf(source, spec), spec.shape, spec.dtype);
    });
    for (const [i, { variable }] of assignments.entries()) {
      assignStorage(this.#device, variable, assigned[i] as Storage);
    }
    return kept;
  }
}

/** The values of one replay. */
class Frame {
  readonly #device: Device;
  readonly #given: readonly Tensor[];
  readonly #scalars: readonly Memory[];
  readonly #arrays: readonly Memory[];
  readonly #results = new Map<string, Memory>();
  /** Results whose memory has another owner. */
  readonly #taken = new Set<string>();

  constructor(
    device: Device,
    given: readonly Tensor[],
    scalars: readonly Memory[],
    arrays: readonly Memory[],
  ) {
    this.#device = device;
    this.#given = given;
    this.#scalars = scalars;
    this.#arrays = arrays;
  }

  memoryOf(source: Source): Memory {
    if (source.kind === "scalar") return this.#scalars[source.index] as Memory;
    if (source.kind === "array") return this.#arrays[source.index] as Memory;
    if (source.kind === "result") return this.#results.get(keyOf(source)) as Memory;
    return memoryOf(this.#outside(source), this.#device.pool);
  }

  resultMemory(
    graph: number,
    index: number,
    target: Memory | undefined,
    byteLength: number,
  ): Memory {
    const key = keyOf({ graph, index });
    const memory = target ?? this.#device.pool.take(byteLength);
    if (target) this.#taken.add(key);
    this.#results.set(key, memory);
    return memory;
  }

  /** A storage for one tensor or variable: the first one takes the memory of a result, later ones copy it. */
  storageOf(
    source: Source,
    { shape, dtype }: { readonly shape: readonly number[]; readonly dtype: string },
  ): Storage {
    const storage = newStorage(shape, dtype);
    const memory = this.memoryOf(source);
    if (source.kind === "result" && !this.#taken.has(keyOf(source))) {
      this.#taken.add(keyOf(source));
      storage.memory = memory;
      return storage;
    }
    const type = dtype as NumericType;
    storage.memory = this.#device.pool.take(storage.size * ARRAY_TYPES[type].BYTES_PER_ELEMENT);
    storage.memory.view(type, storage.size).set(memory.view(type, storage.size));
    return storage;
  }

  /** Gives back the memory of results that no tensor took. */
  free(): void {
    for (const [key, memory] of this.#results) {
      if (!this.#taken.has(key)) this.#device.pool.give(memory);
    }
  }

  #outside(source: Exclude<Source, { kind: "scalar" | "array" | "result" }>): Storage {
    if (source.kind === "constant") return source.storage;
    const { dataId } =
      source.kind === "variable" ? source.variable : (this.#given[source.index] as Tensor);
    return this.#device.storageOf(dataId);
  }
}

function newStorage(shape: readonly number[], dtype: string): Storage {
  const size = shape.reduce((product, length) => product * length, 1);
  const storage = new Storage(dtype as NumericType, size);
  storage.references = 0;
  return storage;
}
