import type {
  DepthwiseConv2dNativeAttrs,
  DepthwiseConv2dNativeInputs,
} from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { TensorSpec } from "../tensor-spec.ts";
import {
  convolutionGeometry,
  type Geometry,
  geometryKey,
} from "./families/convolution-geometry.ts";
import { convolveDepthwise } from "./families/convolve-depthwise.ts";

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
    const [image, weights] = [graph.whole(x as Value), graph.whole(filter as Value)];
    const result = convolveDepthwise(graph, image, weights, geometry);
    return [graph.value(result, output as TensorSpec)];
  },
});
