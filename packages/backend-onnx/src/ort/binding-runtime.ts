import { runUninterrupted } from "@acc/core";
import type { ModelBytes, Port } from "../onnx/model.ts";
import { type NumericArray, type NumericType, sizeOf } from "../tensor-spec.ts";
import { BROKEN_OPTIMIZER } from "./ffi-runtime.ts";
import { Memory } from "./memory.ts";
import type { Runtime, Session } from "./runtime.ts";

type BoundTensor = { readonly data: NumericArray };
type Tensors = Record<string, BoundTensor>;

type BoundSession = {
  loadModel(buffer: ArrayBufferLike, offset: number, length: number, options: object): void;
  run(feeds: Tensors, fetches: Record<string, null>, options: object): Tensors;
  dispose(): void;
};

/** The modules of `onnxruntime-node` 1.30 that this runtime calls; the first one is internal to it. */
export type StockBinding = {
  readonly binding: { readonly InferenceSession: new () => BoundSession };
  readonly Tensor: new (
    dtype: NumericType,
    data: ArrayBufferView,
    shape: readonly number[],
  ) => BoundTensor;
  readonly version: string;
  readonly library: string;
};

/**
 * ONNX Runtime through the native binding of `onnxruntime-node`, which copies every output. It frees the
 * objects of a thread that ends, but ends the process if the thread is killed inside one of its calls.
 */
export class BindingRuntime implements Runtime {
  readonly path = "binding";
  readonly version: string;
  readonly library: string;
  readonly #stock: StockBinding;

  constructor(stock: StockBinding) {
    this.#stock = stock;
    this.version = stock.version;
    this.library = stock.library;
  }

  /** Not shared: the binding refuses arrays over shared memory. */
  allocate(byteLength: number): Memory {
    return new Memory(new ArrayBuffer(byteLength));
  }

  forget(): void {}

  load(model: ModelBytes, numThreads: number): Session {
    const session = new this.#stock.binding.InferenceSession();
    const bytes = model.bytes.slice();
    const options = {
      intraOpNumThreads: numThreads,
      interOpNumThreads: 1,
      executionMode: "sequential",
      graphOptimizationLevel: "basic",
      logSeverityLevel: 4,
      extra: {
        optimization: { disable_specified_optimizers: BROKEN_OPTIMIZER },
        session: { intra_op: { allow_spinning: "0" } },
      },
    };
    runUninterrupted(() =>
      session.loadModel(bytes.buffer, bytes.byteOffset, bytes.byteLength, options),
    );
    const fetches = Object.fromEntries(model.outputs.map(({ name }) => [name, null]));
    return {
      run: (inputs, outputs) => {
        const feeds = model.inputs.map((port, i) => [
          port.name,
          this.#tensor(port, inputs[i] as Memory),
        ]);
        const results = runUninterrupted(() => session.run(Object.fromEntries(feeds), fetches, {}));
        for (const [i, port] of model.outputs.entries()) {
          const { data } = results[port.name] as BoundTensor;
          (outputs[i] as Memory).view(port.dtype, data.length).set(data);
        }
      },
      release: () => runUninterrupted(() => session.dispose()),
    };
  }

  #tensor({ dtype, shape }: Port, memory: Memory): BoundTensor {
    const data = memory.view(dtype, sizeOf(shape));
    return new this.#stock.Tensor(dtype, data, shape);
  }
}
