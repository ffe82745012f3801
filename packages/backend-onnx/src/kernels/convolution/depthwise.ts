import type {
  DepthwiseConv2dNativeAttrs,
  DepthwiseConv2dNativeBackpropFilterAttrs,
  DepthwiseConv2dNativeBackpropFilterInputs,
  DepthwiseConv2dNativeBackpropInputAttrs,
  DepthwiseConv2dNativeBackpropInputInputs,
  DepthwiseConv2dNativeInputs,
  FusedDepthwiseConv2DAttrs,
  FusedDepthwiseConv2DInputs,
} from "@tensorflow/tfjs-core";
import type { GraphLowering } from "../../lowering/graph-lowering.ts";
import { defineKernel, type Kernel } from "../../lowering/kernel.ts";
import type { Value } from "../../lowering/value.ts";
import type { TensorSpec } from "../../tensor-spec.ts";
import { activate } from "../elementwise/fused-activation.ts";
import { toChannelsFirst, toChannelsLast } from "./channels.ts";
import { type FusedConvolution, fusedCall } from "./fused-call.ts";
import {
  convolutionGeometry,
  type Geometry,
  transposedAttributes,
  windowAttributes,
  windowCall,
} from "./geometry.ts";
import { windowSlices } from "./windows.ts";

const depthwiseConv2dNative = defineKernel<
  DepthwiseConv2dNativeInputs,
  DepthwiseConv2dNativeAttrs,
  Geometry
>({
  name: "DepthwiseConv2dNative",
  record({ x, filter }, attributes) {
    const geometry = convolutionGeometry(x.shape, filter.shape, attributes, true);
    return windowCall([x, filter], geometry);
  },
  lower(graph, [x, filter], geometry, [output]) {
    const [image, weights] = [graph.whole(x as Value), graph.whole(filter as Value)];
    const result = convolveDepthwise(graph, image, weights, geometry);
    return [graph.value(result, output as TensorSpec)];
  },
});

const fusedDepthwiseConv2D = defineKernel<
  FusedDepthwiseConv2DInputs,
  FusedDepthwiseConv2DAttrs,
  FusedConvolution
>({
  name: "FusedDepthwiseConv2D",
  record({ x, filter, bias }, attributes) {
    const geometry = convolutionGeometry(x.shape, filter.shape, attributes, true);
    return fusedCall({ x, filter, bias }, geometry, attributes);
  },
  lower(graph, [x, filter, bias], { geometry, ...activation }, [output]) {
    const [image, weights] = [graph.whole(x as Value), graph.whole(filter as Value)];
    let result = convolveDepthwise(graph, image, weights, geometry);
    if (bias) result = graph.node("Add", [result, bias.name]);
    return [graph.value(activate(graph, result, activation), output as TensorSpec)];
  },
});

/** Gradient of a depthwise convolution with respect to its filter. */
const depthwiseConv2dNativeBackpropFilter = defineKernel<
  DepthwiseConv2dNativeBackpropFilterInputs,
  DepthwiseConv2dNativeBackpropFilterAttrs,
  Geometry
>({
  name: "DepthwiseConv2dNativeBackpropFilter",
  record({ x, dy }, attributes) {
    const { filterShape } = attributes;
    const geometry = convolutionGeometry(x.shape, filterShape, attributes, true);
    return windowCall([x, dy], geometry, filterShape);
  },
  lower(graph, [x, dy], geometry, [output]) {
    const { batchSize, inChannels, outChannels, outHeight, outWidth } = geometry;
    const multiplier = outChannels / inChannels;
    const positions = [batchSize, outHeight, outWidth, inChannels];
    const gradient = graph.reshape(graph.whole(dy as Value), [...positions, multiplier]);
    const allButChannels = graph.integers([0, 1, 2]);
    const sums = windowSlices(graph, graph.whole(x as Value), geometry).map((slice) => {
      const seen = graph.node("Mul", [graph.reshape(slice, [...positions, 1]), gradient]);
      return graph.node("ReduceSum", [seen, allButChannels], { keepdims: 0 });
    });
    const spec = output as TensorSpec;
    const result =
      sums.length === 1 ? (sums[0] as string) : graph.node("Concat", sums, { axis: 0 });
    return [graph.value(graph.reshape(result, spec.shape), spec)];
  },
});

/** Gradient of a depthwise convolution with respect to its image. */
const depthwiseConv2dNativeBackpropInput = defineKernel<
  DepthwiseConv2dNativeBackpropInputInputs,
  DepthwiseConv2dNativeBackpropInputAttrs,
  Geometry
>({
  name: "DepthwiseConv2dNativeBackpropInput",
  record({ dy, filter }, attributes) {
    const { inputShape } = attributes;
    const geometry = convolutionGeometry(inputShape, filter.shape, attributes, true);
    return windowCall([dy, filter], geometry, inputShape);
  },
  lower(graph, [dy, filter], geometry, [output]) {
    const gradient = toChannelsFirst(graph, graph.whole(dy as Value));
    const weights = groupedFilter(graph, graph.whole(filter as Value), geometry);
    const attributes = { ...transposedAttributes(geometry), group: geometry.inChannels };
    const result = graph.node("ConvTranspose", [gradient, weights], attributes);
    return [graph.value(toChannelsLast(graph, result), output as TensorSpec)];
  },
});

/** A depthwise convolution of an NHWC image; the result is NHWC. */
function convolveDepthwise(
  graph: GraphLowering,
  image: string,
  filter: string,
  geometry: Geometry,
): string {
  const inputs = [toChannelsFirst(graph, image), groupedFilter(graph, filter, geometry)];
  const attributes = { ...windowAttributes(geometry), group: geometry.inChannels };
  return toChannelsLast(graph, graph.node("Conv", inputs, attributes));
}

/** A filter `[height, width, channels, multiplier]` as grouped convolutions take it, one group per channel. */
function groupedFilter(graph: GraphLowering, filter: string, geometry: Geometry): string {
  const { filterHeight, filterWidth, outChannels } = geometry;
  const shape = [outChannels, 1, filterHeight, filterWidth];
  return graph.reshape(graph.transpose(filter, [2, 3, 0, 1]), shape);
}

/** Convolutions with filters of their own for every channel, and their gradients. */
export const DEPTHWISE: readonly Kernel[] = [
  depthwiseConv2dNative,
  depthwiseConv2dNativeBackpropFilter,
  depthwiseConv2dNativeBackpropInput,
  fusedDepthwiseConv2D,
];
