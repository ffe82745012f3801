import type { BackendValues, DataType } from "@tensorflow/tfjs-core";
import type { Memory } from "../ort/memory.ts";
import type { NumericArray, NumericType } from "../tensor-spec.ts";

/** A recorded call, as its outputs know it. */
export type Producer = {
  readonly outputs: readonly Storage[];
  /** Place among the live calls of a trace, -1 if its results are not needed. */
  index: number;
};

/** Values on the heap of another backend. */
export type HeapValue = {
  /** The values; valid until the heap grows. */
  view(dtype: NumericType, length: number): NumericArray;
  dispose(): void;
};

/**
 * The values behind one or more tensors of the same elements. They are still to be computed by `producer`,
 * or they lie in `memory` or on a `heap`; a single number may be known in JavaScript, and strings and complex numbers
 * are always kept in JavaScript.
 */
export class Storage {
  readonly dtype: DataType;
  /** Number of elements. */
  readonly size: number;
  /** Tensors that hold it. */
  references = 1;
  /** Recorded calls that will read it. */
  pendingReads = 0;
  /** Asynchronous reads that wait for it. */
  awaitedReads = 0;
  producer: Producer | undefined;
  memory: Memory | undefined;
  /** The same values where single calls are computed. */
  heap: HeapValue | undefined;
  /** In which segment it was computed at once. */
  segment: object | undefined;
  /** Memory of another owner in which its values are computed and stay. */
  place: Memory | undefined;
  /** The value of a one-element tensor that came from JavaScript. */
  scalar: number | undefined;
  /** Values that ONNX Runtime does not compute with. */
  hostValues: BackendValues | undefined;
  /** Why the values could not be computed. */
  failure: Error | undefined;

  constructor(dtype: DataType, size: number) {
    this.dtype = dtype;
    this.size = size;
  }

  /** Whether its values are needed outside the graph. */
  get isWanted(): boolean {
    return this.references > 0 || this.awaitedReads > 0;
  }

  get isUnused(): boolean {
    return !this.isWanted && this.pendingReads === 0;
  }

  /** Gives back the memory of its values. */
  free(pool: { give(memory: Memory): void }): void {
    this.heap?.dispose();
    this.heap = undefined;
    if (this.memory && this.memory !== this.place) pool.give(this.memory);
    this.memory = undefined;
  }
}
