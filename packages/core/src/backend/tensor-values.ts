import { backend, getBackend, type Tensor, tensor } from "@tensorflow/tfjs-core";
import { lazyBackend } from "./lazy-backend.ts";
import type { WasmHeap } from "./wasm/wasm-heap.ts";

/** These copy the values of a new tensor at once; others may keep the array itself. */
const COPYING_BACKENDS: ReadonlySet<string> = new Set(["onnx", "wasm"]);

/**
 * Copies the values of a float32 tensor to `target`, of the same size. The wasm backend's heap is read in
 * place: arrays made in every step would keep the garbage collector busy.
 */
export async function readInto(target: Float32Array, source: Tensor): Promise<void> {
  const lazy = lazyBackend();
  if (lazy) {
    lazy.readInto(source.dataId, target);
    return;
  }
  target.set(valuesOnHeap(source) ?? ((await source.data()) as Float32Array));
}

/**
 * Makes `target` free to be written: tensors whose values lie there move out. Then has the values of `tensor`,
 * if it is to be computed yet and nothing else shares them, computed there, where they stay: who writes to
 * `target` changes the tensor.
 *
 * @returns whether they will be; never on a backend that computes at once.
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
  // Made before this backend was chosen, it lies elsewhere.
  if (!heap.dataIdMap.has(source.dataId)) return undefined;
  return heap.typedArrayFromHeap(source) as Float32Array;
}
