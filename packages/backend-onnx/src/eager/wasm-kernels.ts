import { openWasm } from "@acc/core";
import {
  type DataId,
  getKernel,
  type KernelBackend,
  type KernelFunc,
  type NamedAttrMap,
  type TensorInfo,
  type TypedArray,
} from "@tensorflow/tfjs-core";
import type { HeapValue } from "../record/storage.ts";
import { ARRAY_TYPES, type NumericArray, type NumericType, type Shape } from "../tensor-spec.ts";

type WasmBackend = KernelBackend & {
  typedArrayFromHeap(tensor: TensorInfo): TypedArray;
};

/** Our kernels of the wasm backend that are written in operations of tfjs: they would be recorded. */
const COMPOSITES = new Set(["Conv2DBackpropFilter", "Conv2DBackpropInput"]);

/** A kernel of the wasm backend. */
export type WasmKernel = {
  readonly name: string;
  readonly compute: KernelFunc;
  /** A product or a convolution may be worth a graph. */
  readonly hasProducts: boolean;
};

/** The kernels of tfjs's wasm backend, called without tfjs's engine. The backend is opened at the first use. */
export class WasmKernels {
  readonly #kernels = new Map<string, WasmKernel | undefined>();
  #opened: WasmBackend | undefined;

  /** The kernel of this name; undefined where a graph has to take its place. */
  find(name: string): WasmKernel | undefined {
    const known = this.#kernels.get(name);
    if (known || this.#kernels.has(name)) return known;
    this.#opened ??= openWasm() as WasmBackend;
    const compute = COMPOSITES.has(name) ? undefined : getKernel(name, "wasm")?.kernelFunc;
    const kernel = compute && { name, compute, hasProducts: /MatMul|Conv/.test(name) };
    this.#kernels.set(name, kernel);
    return kernel;
  }

  /** Calls a kernel with tensors on the heap. The outputs are the caller's. */
  run({ compute }: WasmKernel, inputs: unknown, attributes: unknown): TensorInfo | TensorInfo[] {
    return compute({
      inputs: inputs as Record<string, TensorInfo>,
      attrs: attributes as NamedAttrMap,
      backend: this.#opened as WasmBackend,
    });
  }

  /** What a kernel has put on the heap. */
  valueOf({ dataId }: TensorInfo): WasmValue {
    return new WasmValue(this.#opened as WasmBackend, dataId);
  }

  /** Copies values to the heap. */
  write(values: NumericArray, shape: Shape, dtype: NumericType): WasmValue {
    const backend = this.#opened as WasmBackend;
    return new WasmValue(backend, backend.write(values, shape as number[], dtype));
  }
}

/** Values on the heap of the wasm backend. */
export class WasmValue implements HeapValue {
  readonly dataId: DataId;
  readonly #backend: WasmBackend;

  constructor(backend: WasmBackend, dataId: DataId) {
    this.#backend = backend;
    this.dataId = dataId;
  }

  view(dtype: NumericType, length: number): NumericArray {
    const tensor = { dataId: this.dataId, shape: [length], dtype };
    const values = this.#backend.typedArrayFromHeap(tensor) as NumericArray;
    return values instanceof ARRAY_TYPES[dtype] ? values : ARRAY_TYPES[dtype].from(values);
  }

  dispose(): void {
    this.#backend.disposeData(this.dataId);
  }
}
