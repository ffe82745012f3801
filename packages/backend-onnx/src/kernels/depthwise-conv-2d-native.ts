import type {
  DepthwiseConv2dNativeAttrs,
  DepthwiseConv2dNativeInputs,
} from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { TensorSpec } from "../tensor-spec.ts";
import { toChannelsFirst, toChannelsLast } from "./families/channels.ts";
import {
  convolutionGeometry,
  type Geometry,
  geometryKey,
  windowAttributes,
} from "./families/convolution-geometry.ts";
import { groupedFilter } from "./families/depthwise-filter.ts";

export const depthwiseConv2dNative: Kernel = defineKernel<
  DepthwiseConv2dNativeInputs,
  DepthwiseConv2dNativeAttrs,
  Geometry
>({
  name: "DepthwiseConv2dNative",
  record({ x, filter }, attributes) {
    const geometry = convolutionGeometry(x.shape, filter.shape, attributes, true);
    if (!geometry || x.dtype !== "float32" || filter.dtype !== "float32") return undefined;
    return {
      inputs: [x, filter],
      outputs: [{ shape: geometry.outShape, dtype: "float32" }],
      attributes: geometry,
      key: geometryKey(geometry),
    };
  },
  lower(graph, [x, filter], geometry, [output]) {
    const image = toChannelsFirst(graph, graph.whole(x as Value));
    const weights = groupedFilter(graph, graph.whole(filter as Value), geometry);
    const attributes = { ...windowAttributes(geometry), group: geometry.inChannels };
    const result = graph.node("Conv", [image, weights], attributes);
    return [graph.value(toChannelsLast(graph, result), output as TensorSpec)];
  },
});
