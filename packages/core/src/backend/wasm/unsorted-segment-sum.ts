import type { KernelFunc, Tensor, TypedArray } from "@tensorflow/tfjs-core";
import { computeOnHeap, type WasmHeap } from "./wasm-heap.ts";

/**
 * Sums the rows of each segment: the gradient of a gather, which the wasm backend lacks. Rows whose segment is
 * negative or too large are ignored.
 */
export function unsortedSegmentSum(): KernelFunc {
  return (call) => {
    const { x, segmentIds } = call.inputs as { x: Tensor; segmentIds: Tensor };
    const { numSegments } = call.attrs as unknown as { readonly numSegments: number };
    const rowShape = x.shape.slice(segmentIds.rank);
    const shape = [numSegments, ...rowShape];
    return computeOnHeap(
      call.backend as WasmHeap,
      shape,
      x.dtype,
      [x, segmentIds],
      (sums, rows, ids) => addRows(sums, rows, ids, numSegments),
    );
  };
}

function addRows(sums: TypedArray, rows: TypedArray, ids: TypedArray, numSegments: number): void {
  const rowSize = ids.length === 0 ? 0 : rows.length / ids.length;
  for (let row = 0; row < ids.length; row++) {
    const id = ids[row] as number;
    if (id < 0 || id >= numSegments) continue;
    const [target, source] = [id * rowSize, row * rowSize];
    for (let i = 0; i < rowSize; i++) {
      sums[target + i] = (sums[target + i] as number) + (rows[source + i] as number);
    }
  }
}
