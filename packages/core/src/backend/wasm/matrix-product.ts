import { type KernelFunc, type Tensor, tidy, transpose } from "@tensorflow/tfjs-core";

type ProductAttributes = { readonly transposeA: boolean; readonly transposeB: boolean };

/**
 * BatchMatMul and _FusedMatMul. The stock kernels multiply transposed matrices in a plain loop, about
 * twenty times slower than XNNPACK multiplies straight ones: so transpose first, then multiply.
 */
export function matrixProduct(stock: KernelFunc | undefined): KernelFunc {
  if (!stock) throw new Error("The wasm backend has no matrix product.");
  return (call) => {
    const { a, b } = call.inputs as { a: Tensor; b: Tensor };
    const { transposeA, transposeB } = call.attrs as unknown as ProductAttributes;
    if (!transposeA && !transposeB) return stock(call);
    const straightA = transposeA ? swapLastAxes(a) : a;
    const straightB = transposeB ? swapLastAxes(b) : b;
    const inputs = { ...call.inputs, a: straightA, b: straightB };
    const attrs = { ...call.attrs, transposeA: false, transposeB: false };
    const product = stock({ ...call, inputs, attrs });
    if (transposeA) straightA.dispose();
    if (transposeB) straightB.dispose();
    return product;
  };
}

function swapLastAxes(matrix: Tensor): Tensor {
  const axes = matrix.shape.map((_, axis) => axis);
  const [last = 0, secondLast = 0] = [axes.pop(), axes.pop()];
  return tidy(() => transpose(matrix, [...axes, last, secondLast]));
}
