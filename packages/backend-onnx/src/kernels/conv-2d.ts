import type { Conv2DAttrs, Conv2DInputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { TensorSpec } from "../tensor-spec.ts";
import {
  convolutionGeometry,
  type Geometry,
  geometryKey,
} from "./families/convolution-geometry.ts";
import { convolve } from "./families/convolve.ts";

export const conv2D: Kernel = defineKernel<Conv2DInputs, Conv2DAttrs, Geometry>({
  name: "Conv2D",
  record({ x, filter }, attributes) {
    const geometry = convolutionGeometry(x.shape, filter.shape, attributes);
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
    const result = convolve(graph, { image, filter: weights, relu: false, geometry });
    return [graph.value(result, output as TensorSpec)];
  },
});
