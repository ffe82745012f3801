import { backend, getBackend, type Tensor, tensor } from "@tensorflow/tfjs-core";
import { timed } from "../phases.ts";
import { lazyBackend } from "../step/lazy-backend.ts";
import type { WasmHeap } from "./wasm/wasm-heap.ts";

/** These backends copy the values of a new tensor at once; others may keep the array itself. */
const COPYING_BACKENDS: ReadonlySet<string> = new Set(["onnx", "wasm"]);

/**
 * Copies the values of a float32 tensor to `target`, of the same size. The wasm backend's heap is read in
 * place: arrays made in every step would keep the garbage collector busy.
 */
export function readInto(target: Float32Array, source: Tensor): void {
  const lazy = lazyBackend();
  if (lazy) {
    timed("compute", () => lazy.readInto(source.dataId, target));
    return;
  }
  target.set(valuesOnHeap(source) ?? (source.dataSync() as Float32Array));
}

/** The values of a float32 tensor, for a look at once: where the backend has them, if it shows them. */
export function lookAt(source: Tensor): Float32Array {
  const lazy = lazyBackend();
  if (lazy) return timed("compute", () => lazy.lookAt(source.dataId, source.size));
  return valuesOnHeap(source) ?? (source.dataSync() as Float32Array);
}

/**
 * Reserves `target` as the output of a pending tensor; tensors stored there are moved first. What is written to `target`
 * from then on is the tensor's value.
 *
 * @returns whether the tensor will be stored there: not if it is computed already, or if other tensors share its values,
 *   and never on a backend that computes at once.
 */
export function placeIn(target: Float32Array, tensor: Tensor | undefined): boolean {
  return lazyBackend()?.placeIn(target, tensor?.dataId) ?? false;
}

/** A float32 tensor of `values`, which the caller may then overwrite. */
export function tensorOf(values: Float32Array, shape: readonly number[]): Tensor {
  const own = COPYING_BACKENDS.has(getBackend()) ? values : values.slice();
  return tensor(own, [...shape], "float32");
}

function valuesOnHeap(source: Tensor): Float32Array | undefined {
  if (getBackend() !== "wasm") return undefined;
  const heap = backend() as unknown as WasmHeap;
  // A tensor made before this backend was chosen is on another backend.
  if (!heap.dataIdMap.has(source.dataId)) return undefined;
  return heap.typedArrayFromHeap(source) as Float32Array;
}
