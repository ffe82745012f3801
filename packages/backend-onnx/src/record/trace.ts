import { isNumeric, type NumericType, type Shape, type TensorSpec } from "../tensor-spec.ts";
import type { Call } from "./call.ts";
import { kernelNumber } from "./kernel-number.ts";
import { Signature } from "./signature.ts";
import type { Storage } from "./storage.ts";

/** Values that a trace starts from, under the shape of their first use. */
export type Leaf = TensorSpec & {
  readonly storage: Storage;
  /** Its only value, if it is a single number from JavaScript. */
  readonly scalar: number | undefined;
};

/** A value that outlives the trace. */
export type Result = { readonly storage: Storage; readonly spec: TensorSpec };

/** The recorded calls whose results are needed, in order, with the inputs and outputs of the whole. */
export type Trace = {
  readonly calls: readonly Call[];
  readonly leaves: readonly Leaf[];
  readonly results: readonly Result[];
  readonly signature: Signature;
  /** A hash of the kernels alone: the same for the same operations on other shapes. */
  readonly operations: number;
};

const OUTPUT_LIMIT = 4096;
const TYPE_NUMBERS: Readonly<Record<NumericType, number>> = { float32: 0, int32: 1, bool: 2 };

/** Selects the calls that live tensors depend on. */
export function traceOf(pending: readonly Call[]): Trace {
  const results = markNeeded(pending);
  const signature = new Signature();
  const leaves: Leaf[] = [];
  const places = new Map<Storage, number>();
  const calls = pending.filter((call) => call.index >= 0);
  let operations = 0;
  for (const [index, call] of calls.entries()) {
    call.index = index;
    operations = Math.imul(operations, 31) + kernelNumber(call.kernel.name);
    signature.addText(call.kernel.name);
    signature.addText(call.key);
    signature.addNumber(call.inputs.length);
    for (let i = 0; i < call.inputs.length; i++) {
      const storage = call.inputs[i] as Storage;
      const shape = call.inputShapes[i] as Shape;
      signature.addNumbers(shape);
      signature.addNumber(placeOf(storage) ?? addLeaf(storage, shape));
    }
    signature.addNumber(call.outputs.length);
    for (const { shape, dtype } of call.outputSpecs) {
      signature.addNumbers(shape);
      signature.addNumber(TYPE_NUMBERS[dtype]);
    }
  }
  for (const { storage } of results) signature.addNumber(placeOf(storage) ?? 0);
  return { calls, leaves, results, signature, operations: operations | 0 };

  /** Where a value comes from: above zero from another call, below zero from outside. */
  function placeOf(storage: Storage): number | undefined {
    const { producer } = storage;
    if (!producer) return places.get(storage);
    return 1 + producer.index * OUTPUT_LIMIT + producer.outputs.indexOf(storage);
  }

  function addLeaf(storage: Storage, shape: Shape): number {
    const dtype = isNumeric(storage.dtype) ? storage.dtype : unsupported(storage);
    const place = -1 - leaves.length;
    leaves.push({ storage, shape, dtype, scalar: storage.scalar });
    places.set(storage, place);
    signature.addText(storage.scalar === undefined ? dtype : `${dtype} number`);
    return place;
  }
}

/** Gives every needed call a place. @returns the outputs that tensors hold. */
function markNeeded(pending: readonly Call[]): Result[] {
  const results: Result[] = [];
  for (const call of pending) {
    call.index = -1;
    for (const [i, storage] of call.outputs.entries()) {
      if (!storage.isWanted) continue;
      call.index = 0;
      results.push({ storage, spec: call.outputSpecs[i] as TensorSpec });
    }
  }
  for (let i = pending.length - 1; i >= 0; i--) {
    const call = pending[i] as Call;
    if (call.index < 0) continue;
    for (const { producer } of call.inputs) if (producer) producer.index = 0;
  }
  return results;
}

function unsupported({ dtype }: Storage): NumericType {
  throw new Error(`A graph cannot contain ${dtype} values.`);
}
