import {
  concat,
  type KernelFunc,
  matMul,
  pad,
  reshape,
  stridedSlice,
  type Tensor,
  type Tensor4D,
  tidy,
  transpose,
} from "@tensorflow/tfjs-core";
import {
  type ConvolutionAttributes,
  convolutionGeometry,
} from "../kernels/convolution-geometry.ts";

type Attributes = ConvolutionAttributes & {
  readonly filterShape: [number, number, number, number];
};

/**
 * Gradient of a convolution with respect to its filter, which the wasm backend lacks: the input patches under the
 * filter (im2col) multiplied with the gradient of the output.
 */
export function conv2dBackpropFilter(): KernelFunc {
  return (call) => {
    const { x, dy } = call.inputs as { x: Tensor4D; dy: Tensor4D };
    const attributes = call.attrs as unknown as Attributes;
    return tidy(() => filterGradient(x, dy, attributes));
  };
}

function filterGradient(x: Tensor4D, dy: Tensor4D, attributes: Attributes): Tensor {
  const { filterShape } = attributes;
  const [filterHeight, filterWidth, inChannels, outChannels] = filterShape;
  const info = convolutionGeometry(x.shape, filterShape, attributes);
  const { padInfo, strideHeight, strideWidth, outHeight, outWidth, batchSize } = info;
  const { top, bottom, left, right } = padInfo;
  const padded = pad(x, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
  const positions = batchSize * outHeight * outWidth;
  const patches: Tensor[] = [];
  for (let row = 0; row < filterHeight; row++) {
    for (let column = 0; column < filterWidth; column++) {
      const end = [
        batchSize,
        row + (outHeight - 1) * strideHeight + 1,
        column + (outWidth - 1) * strideWidth + 1,
        inChannels,
      ];
      const seen = stridedSlice(padded, [0, row, column, 0], end, [
        1,
        strideHeight,
        strideWidth,
        1,
      ]);
      patches.push(reshape(seen, [positions, inChannels]));
    }
  }
  // [outChannels, positions] x [positions, patch]: the smaller matrix is the one to transpose.
  const gradient = matMul(transpose(reshape(dy, [positions, outChannels])), concat(patches, 1));
  return reshape(transpose(gradient), filterShape);
}
