import type { FusedConv2DAttrs, FusedConv2DInputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { TensorSpec } from "../tensor-spec.ts";
import { type ActivationAttributes, activate, isLowered } from "./families/activation.ts";
import {
  convolutionGeometry,
  type Geometry,
  geometryKey,
} from "./families/convolution-geometry.ts";
import { convolve } from "./families/convolve.ts";

export type FusedConvolution = ActivationAttributes & { readonly geometry: Geometry };

export const fusedConv2D: Kernel = defineKernel<
  FusedConv2DInputs,
  FusedConv2DAttrs,
  FusedConvolution
>({
  name: "FusedConv2D",
  record({ x, filter, bias }, attributes) {
    const { activation, leakyreluAlpha } = attributes;
    const geometry = convolutionGeometry(x.shape, filter.shape, attributes);
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
    const isVector = bias?.shape.length === 1 && bias.shape[0] === geometry.outChannels;
    const relu = activation.activation === "relu" && (isVector || !bias);
    let result = convolve(graph, {
      image: graph.whole(x as Value),
      filter: graph.whole(filter as Value),
      bias: bias && isVector ? graph.whole(bias) : undefined,
      relu,
      geometry,
    });
    if (bias && !isVector) result = graph.node("Add", [result, bias.name]);
    if (!relu) result = activate(graph, result, activation);
    return [graph.value(result, output as TensorSpec)];
  },
});
