import type { MaxPoolAttrs, MaxPoolInputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { TensorSpec } from "../tensor-spec.ts";
import { fromBlocked, toBlocked } from "./families/blocked-layout.ts";
import { toChannelsFirst, toChannelsLast } from "./families/channels.ts";
import { type Geometry, geometryKey, windowAttributes } from "./families/convolution-geometry.ts";
import { poolGeometry } from "./families/pool-geometry.ts";

export const maxPool: Kernel = defineKernel<MaxPoolInputs, MaxPoolAttrs, Geometry>({
  name: "MaxPool",
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
    const spec = output as TensorSpec;
    const image = graph.whole(x as Value);
    const window = windowAttributes(geometry);
    const { inChannels } = geometry;
    if (graph.blockSize > 0 && inChannels % graph.blockSize === 0) {
      const pooled = graph.blockedNode("MaxPool", [toBlocked(graph, image)], window);
      return [graph.value(fromBlocked(graph, pooled, inChannels), spec)];
    }
    const pooled = graph.node("MaxPool", [toChannelsFirst(graph, image)], window);
    return [graph.value(toChannelsLast(graph, pooled), spec)];
  },
});
