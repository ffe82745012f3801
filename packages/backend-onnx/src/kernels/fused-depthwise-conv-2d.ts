import type { FusedDepthwiseConv2DAttrs, FusedDepthwiseConv2DInputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { TensorSpec } from "../tensor-spec.ts";
import { activate, isLowered } from "./families/activation.ts";
import { convolutionGeometry, geometryKey } from "./families/convolution-geometry.ts";
import { convolveDepthwise } from "./families/convolve-depthwise.ts";
import type { FusedConvolution } from "./fused-conv-2d.ts";

export const fusedDepthwiseConv2D: Kernel = defineKernel<
  FusedDepthwiseConv2DInputs,
  FusedDepthwiseConv2DAttrs,
  FusedConvolution
>({
  name: "FusedDepthwiseConv2D",
  record({ x, filter, bias }, attributes) {
    const { activation, leakyreluAlpha } = attributes;
    const geometry = convolutionGeometry(x.shape, filter.shape, attributes, true);
    if (!geometry || !isLowered(activation) || x.dtype !== "float32") return undefined;
    return {
      inputs: bias ? [x, filter, bias] : [x, filter],
      outputs: [{ shape: geometry.outShape, dtype: "float32" }],
      attributes: {
        geometry,
        activation,
        ...(leakyreluAlpha === undefined ? {} : { leakyreluAlpha }),
      },
      key: `${geometryKey(geometry)}${activation}${leakyreluAlpha}`,
    };
  },
  lower(graph, [x, filter, bias], { geometry, ...activation }, [output]) {
    const [image, weights] = [graph.whole(x as Value), graph.whole(filter as Value)];
    let result = convolveDepthwise(graph, image, weights, geometry);
    if (bias) result = graph.node("Add", [result, bias.name]);
    return [graph.value(activate(graph, result, activation), output as TensorSpec)];
  },
});
