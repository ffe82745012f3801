import type { AvgPoolAttrs, AvgPoolInputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { TensorSpec } from "../tensor-spec.ts";
import { toChannelsFirst, toChannelsLast } from "./families/channels.ts";
import { type Geometry, geometryKey, windowAttributes } from "./families/convolution-geometry.ts";
import { poolGeometry } from "./families/pool-geometry.ts";

/** Means of the part of each window that lies inside the image. */
export const avgPool: Kernel = defineKernel<AvgPoolInputs, AvgPoolAttrs, Geometry>({
  name: "AvgPool",
  record({ x }, attributes) {
    const geometry = poolGeometry(x.shape, attributes);
    if (!geometry || x.dtype !== "float32") return undefined;
    return {
      inputs: [x],
      outputs: [{ shape: geometry.outShape, dtype: "float32" }],
      attributes: geometry,
      key: geometryKey(geometry),
    };
  },
  lower(graph, [x], geometry, [output]) {
    const image = toChannelsFirst(graph, graph.whole(x as Value));
    const pooled = graph.node("AveragePool", [image], windowAttributes(geometry));
    return [graph.value(toChannelsLast(graph, pooled), output as TensorSpec)];
  },
});
