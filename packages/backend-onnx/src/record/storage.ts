import type { BackendValues, DataType } from "@tensorflow/tfjs-core";
import type { Memory } from "../ort/memory.ts";
import type { Call } from "./call.ts";

/**
 * The values behind one or more tensors of the same elements. They are still to be computed by `producer`,
 * or they lie in `memory`; a single number may be known in JavaScript, and strings and complex numbers
 * only ever are.
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
  producer: Call | undefined;
  memory: Memory | undefined;
  /** Memory of somebody else's that its values are computed in, and stay in. */
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

  /** Whether its values are asked for outside of the graph. */
  get isWanted(): boolean {
    return this.references > 0 || this.awaitedReads > 0;
  }

  get isUnused(): boolean {
    return !this.isWanted && this.pendingReads === 0;
  }
}
