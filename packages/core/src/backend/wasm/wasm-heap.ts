import type { DataType, TensorInfo, TypedArray } from "@tensorflow/tfjs-core";

/** The parts of the wasm backend that reach its heap without a copy. */
export interface WasmHeap {
  readonly wasm: { readonly HEAPU8: Uint8Array<ArrayBuffer> };
  /** Where the data lies on the heap, in bytes. */
  readonly dataIdMap: {
    has(dataId: object): boolean;
    get(dataId: object): {
      readonly memoryOffset: number;
      readonly dtype: DataType;
      readonly shape: readonly number[];
    };
  };
  makeOutput(shape: readonly number[], dtype: DataType): TensorInfo;
  /** A view; invalid after the next output is made, which may move the heap. */
  typedArrayFromHeap(tensor: TensorInfo): TypedArray;
}

/** Makes an output of zeros, then hands views of it and of the inputs to `compute`. */
export function computeOnHeap(
  heap: WasmHeap,
  shape: readonly number[],
  dtype: DataType,
  inputs: readonly TensorInfo[],
  compute: (output: TypedArray, ...inputs: TypedArray[]) => void,
): TensorInfo {
  const result = heap.makeOutput(shape, dtype);
  const output = heap.typedArrayFromHeap(result).fill(0);
  compute(output, ...inputs.map((input) => heap.typedArrayFromHeap(input)));
  return result;
}
