import {
  conv2d,
  type KernelBackend,
  type KernelFunc,
  pad,
  reshape,
  reverse,
  slice,
  type Tensor,
  type Tensor4D,
  tidy,
  transpose,
} from "@tensorflow/tfjs-core";
import {
  type ConvolutionAttributes,
  convolutionGeometry,
} from "../kernels/convolution-geometry.ts";
import { computeOnCpu } from "../kernels/cpu-kernel.ts";

type Attributes = ConvolutionAttributes & { readonly inputShape: [number, number, number, number] };

/**
 * Gradient of a convolution with respect to its input: the gradient of the output, spread out by the strides,
 * convolved with the filter rotated by 180°. The stock kernel is a plain loop; it is still used for paddings wider
 * than the filter.
 */
export function conv2dBackpropInput(stock: KernelFunc | undefined): KernelFunc {
  if (!stock) throw new Error("The wasm backend has no Conv2DBackpropInput.");
  return (call) => {
    const { dy, filter } = call.inputs as { dy: Tensor4D; filter: Tensor4D };
    const attributes = call.attrs as unknown as Attributes;
    const [filterHeight, filterWidth] = filter.shape;
    const info = convolutionGeometry(attributes.inputShape, filter.shape, attributes);
    const { padInfo, outHeight, outWidth, strideHeight, strideWidth, inHeight, inWidth } = info;
    // tf.conv2dTranspose does not check the output shape that it is given.
    if (dy.shape[1] !== outHeight || dy.shape[2] !== outWidth) {
      return computeOnCpu(
        call.backend as KernelBackend,
        "Conv2DBackpropInput",
        call.inputs,
        attributes,
      );
    }
    // Between two rows of the output gradient there are `stride - 1` rows of zeros, and a border around them.
    const top = filterHeight - 1 - padInfo.top;
    const left = filterWidth - 1 - padInfo.left;
    const bottom = inHeight - 1 + padInfo.top - (outHeight - 1) * strideHeight;
    const right = inWidth - 1 + padInfo.left - (outWidth - 1) * strideWidth;
    if (Math.min(top, left, bottom, right) < 0) return stock(call);
    return tidy(() => {
      const spread = spreadOut(dy, strideHeight, strideWidth);
      const bordered = pad(spread, [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ]) as Tensor4D;
      const turned = transpose(reverse(filter, [0, 1]), [0, 1, 3, 2]) as Tensor4D;
      return conv2d(bordered, turned, 1, "valid");
    });
  };
}

/** Puts `stride - 1` zeros between neighbours. */
function spreadOut(dy: Tensor4D, strideHeight: number, strideWidth: number): Tensor {
  if (strideHeight === 1 && strideWidth === 1) return dy;
  const [batch, height, width, channels] = dy.shape;
  const wide = pad(reshape(dy, [batch * height, width, 1, channels]), [
    [0, 0],
    [0, 0],
    [0, strideWidth - 1],
    [0, 0],
  ]);
  const rows = reshape(wide, [batch, height, 1, width * strideWidth * channels]);
  const tall = pad(rows, [
    [0, 0],
    [0, 0],
    [0, strideHeight - 1],
    [0, 0],
  ]);
  const whole = reshape(tall, [batch, height * strideHeight, width * strideWidth, channels]);
  // No zeros after the last row and column: the border begins there.
  const size: [number, number, number, number] = [
    batch,
    (height - 1) * strideHeight + 1,
    (width - 1) * strideWidth + 1,
    channels,
  ];
  return slice(whole, [0, 0, 0, 0], size);
}
