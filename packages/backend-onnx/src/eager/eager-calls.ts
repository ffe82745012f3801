import type { DataType, TensorInfo } from "@tensorflow/tfjs-core";
import type { KernelInputs } from "../lowering/kernel.ts";
import type { BufferPool } from "../record/buffer-pool.ts";
import type { AsCalled, Call } from "../record/call.ts";
import { productsCost } from "../record/cost.ts";
import { memoryOf } from "../record/plan.ts";
import type { Segment } from "../record/segment.ts";
import { Storage } from "../record/storage.ts";
import type { Leaf, Result } from "../record/trace.ts";
import {
  isNumeric,
  type NumericType,
  type Shape,
  sizeOf,
  type TensorSpec,
} from "../tensor-spec.ts";
import { type CallPlans, SMALL_US } from "./call-plans.ts";
import type { WasmKernels, WasmValue } from "./wasm-kernels.ts";

/**
 * Computes single calls at once: with the kernels of the wasm backend; with a graph of the one call where only this
 * package has the kernel, and where a product or a convolution is so large that the graph pays.
 */
export class EagerCalls {
  readonly #wasm: WasmKernels;
  readonly #plans: CallPlans;
  readonly #pool: BufferPool;

  constructor(wasm: WasmKernels, plans: CallPlans, pool: BufferPool) {
    this.#wasm = wasm;
    this.#plans = plans;
    this.#pool = pool;
  }

  /**
   * Computes a call of tfjs without recording it.
   *
   * @param storageOf where the values of an input are.
   * @param segment what the call is part of.
   * @returns its outputs on the heap of the wasm backend, for `storageIn`; undefined if it has to be recorded first.
   */
  answer(
    kernelName: string,
    inputs: KernelInputs,
    attributes: unknown,
    storageOf: (tensor: TensorInfo) => Storage,
    segment: Segment,
  ): TensorInfo | TensorInfo[] | undefined {
    const kernel = this.#wasm.find(kernelName);
    if (!kernel || !areComputable(inputs) || !hasNumericResult(attributes)) return undefined;
    const products = kernel.hasProducts ? productsOf(kernelName, inputs, attributes) : 0;
    if (products >= SMALL_US) return undefined;
    segment.addKernel(kernelName, products);
    const onHeap = mapInputs(inputs, (tensor) => {
      segment.addInput(tensor.shape);
      return this.#onHeap(tensor, storageOf(tensor));
    });
    return this.#wasm.run(kernel, onHeap, attributes);
  }

  /** A storage over the values of such an output. */
  storageIn(output: TensorInfo): Storage {
    const storage = new Storage(output.dtype, sizeOf(output.shape));
    storage.heap = this.#wasm.valueOf(output);
    return storage;
  }

  /** Gives the outputs of a recorded call their values. Its inputs must have theirs. */
  compute(call: Call): void {
    const { inputs, attributes, tensors } = call.asCalled;
    const kernel = this.#wasm.find(call.kernel.name);
    const cost = kernel?.hasProducts ? productsCost(kernel.name, call.inputShapes, attributes) : 0;
    if (!kernel || !hasAllInputs(call.asCalled) || this.#plans.isWorthwhile(call, cost)) {
      this.#runGraph(call);
      return;
    }
    const onHeap = mapInputs(inputs, (tensor) =>
      this.#onHeap(tensor, call.inputs[placeOf(tensor, tensors)] as Storage),
    );
    const outputs = [this.#wasm.run(kernel, onHeap, attributes)].flat();
    for (const [i, output] of outputs.entries()) {
      (call.outputs[i] as Storage).heap = this.#wasm.valueOf(output);
    }
  }

  #runGraph(call: Call): void {
    const leaves = leavesOf(call);
    const results = call.outputs.map(
      (storage, i): Result => ({ storage, spec: call.outputSpecs[i] as TensorSpec }),
    );
    const plan = this.#plans.planFor(call, leaves, results);
    const memories = plan.run(
      plan.inputLeaves.map((leaf) => (leaves[leaf] as Leaf).storage),
      call.outputs.map(({ place }) => place),
    );
    for (const [i, storage] of call.outputs.entries()) storage.memory = memories[i];
  }

  /** The tensor as a kernel of the wasm backend takes it. */
  #onHeap({ shape, dtype }: TensorInfo, storage: Storage): TensorInfo {
    const type = dtype as NumericType;
    if (!storage.heap) {
      const values = memoryOf(storage, this.#pool).view(type, sizeOf(shape));
      storage.heap = this.#wasm.write(values, shape, type);
    }
    const { dataId } = storage.heap as WasmValue;
    return { dataId, shape, dtype, rank: shape.length } as TensorInfo; // some kernels read the rank
  }
}

function areComputable(inputs: KernelInputs): boolean {
  const named = inputs as Readonly<Record<string, TensorInfo | undefined>>;
  for (const name in named) {
    const tensor = named[name];
    if (tensor && !(isNumeric(tensor.dtype) && sizeOf(tensor.shape) > 0)) return false;
  }
  return true;
}

/** Kernels that make a tensor out of nothing, and casts, may make one of strings or complex numbers. */
function hasNumericResult(attributes: unknown): boolean {
  const { dtype } = (attributes ?? {}) as { readonly dtype?: DataType };
  return dtype === undefined || isNumeric(dtype);
}

/** What the multiplications of a call take, in microseconds. */
function productsOf(kernelName: string, inputs: KernelInputs, attributes: unknown): number {
  const shapes = listOf(inputs).map(({ shape }) => shape);
  return productsCost(kernelName, shapes, attributes);
}

/** A kernel of which only the shape of an input counts may leave it out of the graph; its values are gone then. */
function hasAllInputs({ inputs, tensors }: AsCalled): boolean {
  return listOf(inputs).every((tensor) => placeOf(tensor, tensors) >= 0);
}

function placeOf({ dataId }: TensorInfo, tensors: readonly TensorInfo[]): number {
  for (let i = 0; i < tensors.length; i++) if (tensors[i]?.dataId === dataId) return i;
  return -1;
}

/** What a call reads, once each. */
function leavesOf({ inputs, inputShapes }: Call): Leaf[] {
  const leaves = new Map<Storage, Leaf>();
  for (const [i, storage] of inputs.entries()) {
    const dtype = storage.dtype as NumericType;
    const shape = inputShapes[i] as Shape;
    if (!leaves.has(storage)) leaves.set(storage, { storage, shape, dtype, scalar: undefined });
  }
  return [...leaves.values()];
}

/** Named tensors, of which some may be missing, or a list. */
function listOf(inputs: KernelInputs): TensorInfo[] {
  if (Array.isArray(inputs)) return inputs;
  const list: TensorInfo[] = [];
  const named = inputs as Readonly<Record<string, TensorInfo | undefined>>;
  for (const name in named) if (named[name]) list.push(named[name]);
  return list;
}

function mapInputs(inputs: KernelInputs, map: (tensor: TensorInfo) => TensorInfo): unknown {
  if (Array.isArray(inputs)) return inputs.map(map);
  const named = inputs as Readonly<Record<string, TensorInfo | undefined>>;
  const mapped: Record<string, TensorInfo | undefined> = {};
  for (const name in named) mapped[name] = named[name] && map(named[name]);
  return mapped;
}
