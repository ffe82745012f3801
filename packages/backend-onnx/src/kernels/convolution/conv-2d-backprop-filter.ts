import type { Conv2DBackpropFilterAttrs, Conv2DBackpropFilterInputs } from "@tensorflow/tfjs-core";
import type { GraphLowering } from "../../lowering/graph-lowering.ts";
import { defineKernel, type Kernel } from "../../lowering/kernel.ts";
import type { Value } from "../../lowering/value.ts";
import type { TensorSpec } from "../../tensor-spec.ts";
import { convolutionGeometry, type Geometry, spanOf, windowCall } from "./geometry.ts";
import { padded, windowSlices } from "./windows.ts";

/** With fewer input channels than this, reordering costs more than it saves. */
const FEW_CHANNELS = 8;

/** Gradient of a convolution with respect to its filter. */
export const conv2DBackpropFilter: Kernel = defineKernel<
  Conv2DBackpropFilterInputs,
  Conv2DBackpropFilterAttrs,
  Geometry
>({
  name: "Conv2DBackpropFilter",
  record({ x, dy }, attributes) {
    const { filterShape } = attributes;
    const geometry = convolutionGeometry(x.shape, filterShape, attributes);
    return windowCall([x, dy], geometry, filterShape);
  },
  lower(graph, [x, dy], geometry, [output]) {
    const [image, gradient] = [graph.whole(x as Value), graph.whole(dy as Value)];
    const spec = output as TensorSpec;
    const result = isBlocked(graph, geometry)
      ? convolveOverBatch(graph, image, gradient, geometry)
      : multiplyWindows(graph, image, gradient, geometry);
    return [graph.value(graph.reshape(result, spec.shape), spec)];
  },
});

function isBlocked({ blockSize }: GraphLowering, geometry: Geometry): boolean {
  return (
    blockSize > 0 &&
    geometry.batchSize % blockSize === 0 &&
    geometry.outChannels % blockSize === 0 &&
    geometry.inChannels >= FEW_CHANNELS &&
    geometry.filterHeight * geometry.filterWidth > 1
  );
}

/**
 * A blocked convolution whose channels are the batch: the channels of the image take the place of the
 * batch, the gradient that of the filter, and strides and dilations change roles.
 */
function convolveOverBatch(
  graph: GraphLowering,
  image: string,
  dy: string,
  geometry: Geometry,
): string {
  const { batchSize, inChannels, outChannels, outHeight, outWidth } = geometry;
  const { filterHeight, filterWidth, strideHeight, strideWidth } = geometry;
  const block = graph.blockSize;
  const [height, width] = spanOf(geometry);
  const pixels = graph.reshape(padded(graph, image, geometry), [
    batchSize * height * width,
    inChannels,
  ]);
  const channels = graph.reshape(graph.transpose(pixels, [1, 0]), [
    inChannels,
    batchSize,
    height,
    width,
  ]);
  const [batches, outputs] = [batchSize / block, outChannels / block];
  const split = graph.reshape(dy, [batches, block, outHeight * outWidth, outputs, block]);
  const filter = graph.reshape(graph.transpose(split, [3, 0, 2, 1, 4]), [
    ...[outChannels, batchSize, outHeight, outWidth],
  ]);
  const result = graph.blockedNode(
    "Conv",
    [graph.blockedNode("ReorderInput", [channels]), filter],
    {
      kernel_shape: [outHeight, outWidth],
      strides: [geometry.dilationHeight, geometry.dilationWidth],
      dilations: [strideHeight, strideWidth],
    },
  );
  const area = filterHeight * filterWidth;
  return graph.transpose(graph.reshape(result, [inChannels, outputs, area, block]), [2, 0, 1, 3]);
}

/** The windows as rows of a matrix, times the gradient. */
function multiplyWindows(
  graph: GraphLowering,
  image: string,
  dy: string,
  geometry: Geometry,
): string {
  const { batchSize, inChannels, outChannels, outHeight, outWidth } = geometry;
  const slices = windowSlices(graph, image, geometry);
  const windows =
    slices.length === 1 ? (slices[0] as string) : graph.node("Concat", slices, { axis: 3 });
  const positions = batchSize * outHeight * outWidth;
  const rows = graph.reshape(windows, [positions, slices.length * inChannels]);
  const gradients = graph.reshape(dy, [positions, outChannels]);
  return graph.node("Gemm", [rows, gradients], { transA: 1 });
}
