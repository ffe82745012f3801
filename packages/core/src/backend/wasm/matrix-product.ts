import {
  broadcast_util,
  type KernelBackend,
  type KernelFunc,
  type TensorInfo,
  util,
} from "@tensorflow/tfjs-core";
import { runWasmKernel } from "./run-wasm-kernel.ts";

type ProductAttributes = { readonly transposeA: boolean; readonly transposeB: boolean };
type FusedAttributes = ProductAttributes & {
  readonly activation: string;
  readonly leakyreluAlpha?: number;
};

/**
 * Matrix products. The stock kernel multiplies transposed matrices in a plain loop, about twenty times slower than
 * XNNPACK multiplies matrices that are not transposed: so this kernel transposes first. Where both factors repeat
 * matrices of the other, the stock kernel is wrong: so they are repeated first.
 */
export function matrixProduct(stock: KernelFunc | undefined): KernelFunc {
  if (!stock) throw new Error("The wasm backend has no matrix product.");
  return (call) => {
    const backend = call.backend as KernelBackend;
    const { a, b } = call.inputs as { a: TensorInfo; b: TensorInfo };
    const { transposeA, transposeB } = call.attrs as unknown as ProductAttributes;
    const batch = commonBatch(a.shape, b.shape);
    if (!transposeA && !transposeB && !batch) return stock(call);
    const made: TensorInfo[] = [];
    const prepare = (x: TensorInfo, isTransposed: boolean): TensorInfo => {
      if (isTransposed) made.push(swapLastAxes(x, backend));
      const straight = isTransposed ? (made.at(-1) as TensorInfo) : x;
      if (batch) made.push(repeatTo(batch, straight, backend));
      return batch ? (made.at(-1) as TensorInfo) : straight;
    };
    const inputs = { ...call.inputs, a: prepare(a, transposeA), b: prepare(b, transposeB) };
    const attrs = { ...call.attrs, transposeA: false, transposeB: false };
    const product = stock({ ...call, inputs, attrs });
    for (const { dataId } of made) backend.disposeData(dataId);
    return product;
  };
}

const ACTIVATIONS: Readonly<Record<string, string>> = {
  relu: "Relu",
  relu6: "Relu6",
  elu: "Elu",
  sigmoid: "Sigmoid",
  leakyrelu: "LeakyRelu",
  prelu: "Prelu",
};

/** A product with a bias and an activation. The stock kernel is right for single matrices only. */
export function fusedMatrixProduct(stock: KernelFunc | undefined): KernelFunc {
  const single = matrixProduct(stock);
  return (call) => {
    const { a, b, bias, preluActivationWeights: alpha } = call.inputs as Record<string, TensorInfo>;
    if (a?.shape.length === 2 && b?.shape.length === 2) return single(call);
    const backend = call.backend as KernelBackend;
    const { transposeA, transposeB, activation, leakyreluAlpha } =
      call.attrs as unknown as FusedAttributes;
    const inputs = { a, b } as { a: TensorInfo; b: TensorInfo };
    let result = runWasmKernel(backend, "BatchMatMul", inputs, { transposeA, transposeB });
    const replace = (next: TensorInfo) => {
      backend.disposeData(result.dataId);
      result = next;
    };
    if (bias) replace(runWasmKernel(backend, "Add", { a: result, b: bias }));
    const kernelName = ACTIVATIONS[activation];
    if (kernelName) {
      const x = { x: result, ...(activation === "prelu" && alpha ? { alpha } : {}) };
      replace(runWasmKernel(backend, kernelName, x, { alpha: leakyreluAlpha }));
    }
    return result;
  };
}

/** The shape of the batch, if both factors repeat matrices. */
function commonBatch(a: readonly number[], b: readonly number[]): number[] | undefined {
  const [batchA, batchB] = [a.slice(0, -2), b.slice(0, -2)];
  const batch = broadcast_util.assertAndGetBroadcastShape(batchA, batchB);
  const size = util.sizeFromShape(batch);
  const largest = Math.max(util.sizeFromShape(batchA), util.sizeFromShape(batchB));
  return size > largest ? batch : undefined;
}

function repeatTo(batch: readonly number[], x: TensorInfo, backend: KernelBackend): TensorInfo {
  const missing = batch.length + 2 - x.shape.length;
  const shape = [...Array<number>(missing).fill(1), ...x.shape];
  const reps = shape.map((length, axis) => {
    const wanted = batch[axis];
    return wanted === undefined || length === wanted ? 1 : wanted;
  });
  return runWasmKernel(backend, "Tile", { x: { ...x, shape } }, { reps });
}

function swapLastAxes(x: TensorInfo, backend: KernelBackend): TensorInfo {
  const axes = x.shape.map((_, axis) => axis);
  const [last = 0, secondLast = 0] = [axes.pop(), axes.pop()];
  return runWasmKernel(backend, "Transpose", { x }, { perm: [...axes, last, secondLast] });
}
