import type {
  AvgPoolAttrs,
  AvgPoolGradAttrs,
  AvgPoolGradInputs,
  AvgPoolInputs,
} from "@tensorflow/tfjs-core";
import { defineKernel, type Kernel } from "../../lowering/kernel.ts";
import type { Value } from "../../lowering/value.ts";
import type { TensorSpec } from "../../tensor-spec.ts";
import { toChannelsFirst, toChannelsLast } from "../convolution/channels.ts";
import {
  type Geometry,
  transposedAttributes,
  windowAttributes,
  windowCall,
} from "../convolution/geometry.ts";
import { isTiling, poolGeometry } from "./geometry.ts";

/** Means of the part of each window that lies inside the image. */
const avgPool = defineKernel<AvgPoolInputs, AvgPoolAttrs, Geometry>({
  name: "AvgPool",
  record({ x }, attributes) {
    const geometry = poolGeometry(x.shape, attributes);
    return windowCall([x], geometry);
  },
  lower(graph, [x], geometry, [output]) {
    const image = toChannelsFirst(graph, graph.whole(x as Value));
    const pooled = graph.node("AveragePool", [image], windowAttributes(geometry));
    return [graph.value(toChannelsLast(graph, pooled), output as TensorSpec)];
  },
});

/** Gradient of average pooling. tfjs divides by the whole window, at the borders too. */
const avgPoolGrad = defineKernel<AvgPoolGradInputs, AvgPoolGradAttrs, Geometry>({
  name: "AvgPoolGrad",
  record({ dy, input }, attributes) {
    const geometry = poolGeometry(input.shape, attributes);
    return windowCall([dy], geometry, input.shape);
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

/** Means of windows. */
export const AVERAGE_POOLING: readonly Kernel[] = [avgPool, avgPoolGrad];
