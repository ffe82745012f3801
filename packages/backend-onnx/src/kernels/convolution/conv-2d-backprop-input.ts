import type { Conv2DBackpropInputAttrs, Conv2DBackpropInputInputs } from "@tensorflow/tfjs-core";
import type { GraphLowering } from "../../lowering/graph-lowering.ts";
import { defineKernel, type Kernel } from "../../lowering/kernel.ts";
import type { Value } from "../../lowering/value.ts";
import type { TensorSpec } from "../../tensor-spec.ts";
import { blockedFilter, fromBlocked, toBlocked } from "./blocked-layout.ts";
import { toChannelsFirst, toChannelsLast } from "./channels.ts";
import {
  convolutionGeometry,
  type Geometry,
  transposedAttributes,
  windowCall,
} from "./geometry.ts";

/** Gradient of a convolution with respect to its image, and `tf.conv2dTranspose`. */
export const conv2DBackpropInput: Kernel = defineKernel<
  Conv2DBackpropInputInputs,
  Conv2DBackpropInputAttrs,
  Geometry
>({
  name: "Conv2DBackpropInput",
  record({ dy, filter }, attributes) {
    const { inputShape } = attributes;
    const geometry = convolutionGeometry(inputShape, filter.shape, attributes);
    // tf.conv2dTranspose does not check the requested output shape.
    if (dy.shape[1] !== geometry?.outHeight || dy.shape[2] !== geometry?.outWidth) return undefined;
    return windowCall([dy, filter], geometry, inputShape);
  },
  lower(graph, [dy, filter], geometry, [output]) {
    const [gradient, weights] = [graph.whole(dy as Value), graph.whole(filter as Value)];
    const result = isBlocked(graph, geometry)
      ? convolveFlipped(graph, gradient, weights, geometry)
      : transposedConvolution(graph, gradient, weights, geometry);
    return [graph.value(result, output as TensorSpec)];
  },
});

function isBlocked({ blockSize }: GraphLowering, geometry: Geometry): boolean {
  const { strideHeight, strideWidth, dilationHeight, dilationWidth, padInfo } = geometry;
  return (
    blockSize > 0 &&
    geometry.inChannels % blockSize === 0 &&
    geometry.outChannels % blockSize === 0 &&
    strideHeight * strideWidth * dilationHeight * dilationWidth === 1 &&
    Math.max(padInfo.top, padInfo.bottom) < geometry.filterHeight &&
    Math.max(padInfo.left, padInfo.right) < geometry.filterWidth
  );
}

/** With a stride of 1 the gradient is a convolution with the filter rotated by 180 degrees. */
function convolveFlipped(
  graph: GraphLowering,
  dy: string,
  filter: string,
  { filterHeight: height, filterWidth: width, padInfo, inChannels, outChannels }: Geometry,
): string {
  const back = graph.integers([-1, -1]);
  const beforeFirst = graph.integers([-height - 1, -width - 1]);
  const flipped = graph.node("Slice", [filter, back, beforeFirst, graph.integers([0, 1]), back]);
  const swapped = graph.transpose(flipped, [0, 1, 3, 2]);
  const size = { height, width, inputs: outChannels, outputs: inChannels };
  const { top, left, bottom, right } = padInfo;
  const operands = [toBlocked(graph, dy), blockedFilter(graph, swapped, size)];
  const result = graph.blockedNode("Conv", operands, {
    kernel_shape: [height, width],
    pads: [height - 1 - top, width - 1 - left, height - 1 - bottom, width - 1 - right],
  });
  return fromBlocked(graph, result, inChannels);
}

function transposedConvolution(
  graph: GraphLowering,
  dy: string,
  filter: string,
  geometry: Geometry,
): string {
  const operands = [toChannelsFirst(graph, dy), graph.transpose(filter, [3, 2, 0, 1])];
  return toChannelsLast(
    graph,
    graph.node("ConvTranspose", operands, transposedAttributes(geometry)),
  );
}
