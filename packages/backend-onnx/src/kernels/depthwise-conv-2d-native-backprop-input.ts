import type {
  DepthwiseConv2dNativeBackpropInputAttrs,
  DepthwiseConv2dNativeBackpropInputInputs,
} from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { TensorSpec } from "../tensor-spec.ts";
import { toChannelsFirst, toChannelsLast } from "./families/channels.ts";
import {
  convolutionGeometry,
  type Geometry,
  geometryKey,
  transposedAttributes,
} from "./families/convolution-geometry.ts";
import { groupedFilter } from "./families/depthwise-filter.ts";

/** Gradient of a depthwise convolution with respect to its image. */
export const depthwiseConv2dNativeBackpropInput: Kernel = defineKernel<
  DepthwiseConv2dNativeBackpropInputInputs,
  DepthwiseConv2dNativeBackpropInputAttrs,
  Geometry
>({
  name: "DepthwiseConv2dNativeBackpropInput",
  record({ dy, filter }, attributes) {
    const { inputShape } = attributes;
    const geometry = convolutionGeometry(inputShape, filter.shape, attributes, true);
    if (!geometry || dy.dtype !== "float32" || filter.dtype !== "float32") return undefined;
    return {
      inputs: [dy, filter],
      outputs: [{ shape: inputShape, dtype: "float32" }],
      attributes: geometry,
      key: geometryKey(geometry),
    };
  },
  lower(graph, [dy, filter], geometry, [output]) {
    const gradient = toChannelsFirst(graph, graph.whole(dy as Value));
    const weights = groupedFilter(graph, graph.whole(filter as Value), geometry);
    const attributes = { ...transposedAttributes(geometry), group: geometry.inChannels };
    const result = graph.node("ConvTranspose", [gradient, weights], attributes);
    return [graph.value(toChannelsLast(graph, result), output as TensorSpec)];
  },
});
