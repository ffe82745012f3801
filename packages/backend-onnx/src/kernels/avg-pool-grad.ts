import type { AvgPoolGradAttrs, AvgPoolGradInputs } from "@tensorflow/tfjs-core";
import type { Value } from "../lowering/value.ts";
import { defineKernel, type Kernel } from "../record/kernel.ts";
import type { TensorSpec } from "../tensor-spec.ts";
import { toChannelsFirst, toChannelsLast } from "./families/channels.ts";
import {
  type Geometry,
  geometryKey,
  transposedAttributes,
} from "./families/convolution-geometry.ts";
import { isTiling, poolGeometry } from "./families/pool-geometry.ts";

/** Gradient of average pooling. tfjs divides by the whole window, at the borders too. */
export const avgPoolGrad: Kernel = defineKernel<AvgPoolGradInputs, AvgPoolGradAttrs, Geometry>({
  name: "AvgPoolGrad",
  record({ dy, input }, attributes) {
    const geometry = poolGeometry(input.shape, attributes);
    if (!geometry || dy.dtype !== "float32") return undefined;
    return {
      inputs: [dy],
      outputs: [{ shape: input.shape, dtype: "float32" }],
      attributes: geometry,
      key: geometryKey(geometry),
    };
  },
  lower(graph, [dy], geometry, [output]) {
    const spec = output as TensorSpec;
    const { batchSize, inChannels: channels, outHeight, outWidth } = geometry;
    const { filterHeight, filterWidth } = geometry;
    const area = filterHeight * filterWidth;
    const share = graph.node("Mul", [graph.whole(dy as Value), graph.scalar(1 / area)]);
    if (isTiling(geometry)) {
      const tiles = graph.reshape(share, [batchSize, outHeight, 1, outWidth, 1, channels]);
      const spread = [batchSize, outHeight, filterHeight, outWidth, filterWidth, channels];
      const whole = graph.node("Expand", [tiles, graph.integers(spread)]);
      return [graph.value(graph.reshape(whole, spec.shape), spec)];
    }
    const filterShape = [channels, 1, filterHeight, filterWidth];
    const ones = graph.constant(new Float32Array(channels * area).fill(1), filterShape, "float32");
    const result = graph.node("ConvTranspose", [toChannelsFirst(graph, share), ones], {
      ...transposedAttributes(geometry),
      group: channels,
    });
    return [graph.value(toChannelsLast(graph, result), spec)];
  },
});
