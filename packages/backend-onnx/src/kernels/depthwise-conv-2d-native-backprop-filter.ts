import type {
  DepthwiseConv2dNativeBackpropFilterAttrs,
  DepthwiseConv2dNativeBackpropFilterInputs,
} from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { TensorSpec } from "../tensor-spec.ts";
import {
  convolutionGeometry,
  type Geometry,
  geometryKey,
} from "./families/convolution-geometry.ts";
import { windowSlices } from "./families/image-windows.ts";

/** Gradient of a depthwise convolution with respect to its filter. */
export const depthwiseConv2dNativeBackpropFilter: Kernel = defineKernel<
  DepthwiseConv2dNativeBackpropFilterInputs,
  DepthwiseConv2dNativeBackpropFilterAttrs,
  Geometry
>({
  name: "DepthwiseConv2dNativeBackpropFilter",
  record({ x, dy }, attributes) {
    const { filterShape } = attributes;
    const geometry = convolutionGeometry(x.shape, filterShape, attributes, true);
    if (!geometry || x.dtype !== "float32" || dy.dtype !== "float32") return undefined;
    return {
      inputs: [x, dy],
      outputs: [{ shape: filterShape, dtype: "float32" }],
      attributes: geometry,
      key: geometryKey(geometry),
    };
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
